using Risk.Rules.Signals;

namespace Risk.Worker.Cli;

/// <summary>How the types of the catalog are called in rules and manuals.</summary>
internal static class CatalogWords
{
    public static string Of(FactType type) => type switch
    {
        FactType.Bool => "bool",
        FactType.Int => "int",
        FactType.Timestamp => "timestamp",
        _ => "string",
    };
}
