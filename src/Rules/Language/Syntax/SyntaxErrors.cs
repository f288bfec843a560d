using Risk.Rules.Diagnostics;

namespace Risk.Rules.Language.Syntax;

/// <summary>Reports what is wrong with one text, with places turned into positions of its file.</summary>
internal sealed class SyntaxErrors(CelSource source, string text, DiagnosticBag bag)
{
    /// <summary>Errors reported for one text; more tell nobody more, and a text of errors only would make messages without end.</summary>
    private const int MaximumReported = 50;

    private readonly CelSource source = source;

    public string Text { get; } = text;

    public int Count { get; private set; }

    public void Error(string code, string message, Span at)
    {
        if (++Count > MaximumReported) return;
        bag.Add(source.Diagnostic(DiagnosticSeverity.Error, code, message, at));
    }

    public void Warning(string code, string message, Span at) => bag.Add(source.Diagnostic(DiagnosticSeverity.Warning, code, message, at));
}
