using System.Collections.Immutable;
using Risk.Rules.Diagnostics;

namespace Risk.Rules.Language;

/// <summary>A message with expressions in braces: <c>{supplier.name}: {fixed(x, 0)}</c>; <c>{{</c> and <c>}}</c> are braces. Immutable.</summary>
public sealed class CelTemplate
{
    public string Text { get; }

    public ImmutableSortedSet<string> References { get; }

    private CelTemplate(string text, ImmutableSortedSet<string> references)
    {
        Text = text;
        References = references;
    }

    /// <summary>Null when there was an error; every error found is in the bag.</summary>
    public static CelTemplate? Compile(string text, CelEnvironment environment, DiagnosticBag diagnostics, CelSource source) => throw new NotSupportedException();

    /// <summary>Never throws. Missing inputs print as <c>‹metrics.otd: stale›</c>, errors as <c>‹error: text›</c>; values are plain text, on one line.</summary>
    public string Render(CelFrame frame) => throw new NotSupportedException();
}
