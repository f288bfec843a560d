namespace Risk.Connectors.UsaSpending;

/// <summary>One recipient of federal money, by whichever answer named it.</summary>
/// <param name="Hash">Of name and number; the same at every level.</param>
/// <param name="Levels">Of P (parent), C (child) and R (no parent known) those that it has.</param>
/// <param name="Uei">"" when there is none.</param>
/// <param name="Duns">"" when there is none.</param>
internal sealed record Recipient(string Hash, string Levels, string Name, string Uei, string Duns)
{
    private const int HashLength = 36;

    /// <summary>A company that is its own parent is there at both levels; the parent's figures hold the child's.</summary>
    public bool IsParent => Levels.Contains('P', StringComparison.Ordinal);

    /// <summary>Of a company above it, which may be itself.</summary>
    public bool IsChild => Levels.Contains('C', StringComparison.Ordinal);

    /// <summary>To ask with, and to link to.</summary>
    public string Id => $"{Hash}-{(IsParent ? 'P' : IsChild ? 'C' : 'R')}";

    /// <summary>Null when the answer names no recipient: some are kept secret, and some are many in one row.</summary>
    /// <param name="id">A hash, a hyphen, and the levels.</param>
    /// <param name="level">Said beside the id, or null.</param>
    public static Recipient? Read(string? id, string? level, string? name, string? uei, string? duns)
    {
        if (id is not { Length: > HashLength } || id[HashLength] != '-' || string.IsNullOrWhiteSpace(name)) return null;
        string levels = new([.. (id[HashLength..] + level).Where(c => c is 'P' or 'C' or 'R').Distinct()]);
        return levels.Length == 0 ? null : new Recipient(id[..HashLength], levels, name.Trim(), uei?.Trim() ?? "", duns is { Length: 9 } && duns.All(char.IsAsciiDigit) ? duns : "");
    }

    public bool HasNumber(string number) => number.Length > 0 && (Uei == number || Duns == number);
}

/// <summary>Federal obligations to one recipient, USD; negative where more was taken back.</summary>
/// <param name="Latest">Of the last twelve months.</param>
/// <param name="Year">Of the last complete fiscal year.</param>
/// <param name="YearBefore">Of the one before it.</param>
internal sealed record Income(double Latest, double Year, double YearBefore);
