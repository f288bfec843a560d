using System.Collections.Frozen;
using System.Collections.Immutable;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>A row of the SEC's list of companies with tickers.</summary>
/// <param name="Title">With the SEC's own endings: <c>QUALCOMM INC/DE</c>.</param>
internal sealed record TickerRow(long Cik, string Ticker, string Title)
{
    /// <summary>Without the state, country or share kind that the SEC puts behind a slash.</summary>
    public string Name { get; } = WithoutEnding(Title);

    private static string WithoutEnding(string title)
    {
        const int LongestEnding = 4;
        ReadOnlySpan<char> text = title.AsSpan().TrimEnd();
        bool closed = text.EndsWith("/");
        if (closed) text = text[..^1];
        int slash = text.LastIndexOf('/');
        if (slash <= 0 || text.EndsWith("SA/NV", StringComparison.OrdinalIgnoreCase)) return text.TrimEnd().ToString();
        return text[(slash + 1)..].Trim().Length <= LongestEnding ? text[..slash].TrimEnd().ToString() : title;
    }
}

/// <summary>Turns a listed company, and what its filer record says, into an entry to compare suppliers with. Pure.</summary>
internal static class SecEdgarEntityMapper
{
    private const int MostFormerNames = 20;

    /// <summary>EDGAR's codes of states are those of the postal service; its codes of other countries are its own and are not read.</summary>
    private static readonly FrozenSet<string> States = FrozenSet.ToFrozenSet(
        [
            "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
            "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "PR", "VI", "GU",
        ],
        StringComparer.Ordinal);

    /// <param name="filer">Null: EDGAR has no record of it.</param>
    public static RegisteredEntity Map(TickerRow row, FilerRecord? filer)
    {
        string state = filer?.StateOfIncorporation ?? "", address = filer?.Addresses?.Business?.StateOrCountry ?? "";
        var identifiers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        identifiers[IdentifierScheme.Cik] = CentralIndexKey.Pad(row.Cik);
        if (RegistryNumbers.CheckTicker(row.Ticker) is { IsValid: true } ticker) identifiers[IdentifierScheme.Ticker] = ticker.Value;
        return new RegisteredEntity
        {
            Identifiers = identifiers.ToImmutable(),
            Names =
            [
                new RegisteredName(row.Name, RegisteredNameKind.Legal),
                .. (filer?.FormerNames ?? []).OfType<FormerNameRecord>().Where(n => !string.IsNullOrWhiteSpace(n.Name)).Take(MostFormerNames).Select(n => new RegisteredName(n.Name!, RegisteredNameKind.Former)),
            ],
            Country = States.Contains(state) || (state.Length == 0 && States.Contains(address)) ? "US" : "",
            Jurisdiction = States.Contains(state) ? "US-" + state : state,
            City = filer?.Addresses?.Business?.City ?? "",
            State = RegisteredState.Active,
            StateText = $"listed as {row.Ticker}",
            Remark = filer?.EntityType is { Length: > 0 } type and not "operating" ? $"entity type {type}" : "",
            Url = $"https://www.sec.gov/edgar/browse/?CIK={CentralIndexKey.Pad(row.Cik)}",
        };
    }
}
