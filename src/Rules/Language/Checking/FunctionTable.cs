using System.Collections.Immutable;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language.Checking;

/// <summary>All functions of an environment by name: the standard ones and its own.</summary>
internal sealed class FunctionTable
{
    private static readonly ImmutableArray<CelFunction> Standard =
    [
        .. OperatorDeclarations.All, .. StandardFunctions.All, .. TimeFunctions.All, .. StringFunctions.All, .. MathFunctions.All, .. OptionalFunctions.All, .. EncoderFunctions.All, .. NetworkFunctions.All,
    ];

    private readonly Dictionary<string, ImmutableArray<CelFunction>> byName;

    public FunctionTable(IEnumerable<CelFunction> own) =>
        byName = Standard.Concat(own).GroupBy(f => f.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);

    public ImmutableArray<CelFunction> this[string name] => byName.TryGetValue(name, out ImmutableArray<CelFunction> found) ? found : [];

    /// <summary>Names for suggestions; no operators.</summary>
    public IEnumerable<string> Names => byName.Keys.Where(k => char.IsAsciiLetter(k[0])).Concat(["has", "all", "exists", "exists_one", "map", "filter"]);
}
