using System.Collections.Immutable;
using Risk.Rules.Diagnostics;

namespace Risk.Worker.Portfolio;

/// <summary>One supplier as the file has it: texts by column, each with its place.</summary>
internal abstract class PortfolioRow
{
    /// <summary>The trimmed text of a column; "" where it is empty or not there.</summary>
    public abstract string Text(string column);

    /// <summary>The items of a list column, trimmed, without empty ones.</summary>
    public abstract ImmutableArray<string> List(string column);

    /// <summary>The columns that are none of the known ones and have a value.</summary>
    public abstract ImmutableSortedDictionary<string, string> Attributes();

    /// <summary>Where the column's value stands; where the row starts when it has none.</summary>
    public abstract SourcePosition At(string column);

    /// <summary>The text of the value's line when it is at hand.</summary>
    public virtual string? SourceLine(string column) => null;

    protected static ImmutableArray<string> Split(string text) =>
        text.Length == 0 ? [] : [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
