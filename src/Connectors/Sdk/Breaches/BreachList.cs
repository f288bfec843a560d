using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Breaches;

/// <summary>What a row of a list of breaches is: a breach, a row that is none of a company (with the reason), or one that cannot be read.</summary>
internal readonly record struct BreachRow(BreachRecord? Breach, string Passed, string Problem)
{
    public static BreachRow PassedOver(string reason) => new(null, reason, "");

    public static BreachRow Unreadable(string problem) => new(null, "", problem);
}

/// <summary>Reads a list of breaches row by row.</summary>
internal sealed class BreachList(FetchAudit audit)
{
    private readonly List<BreachRecord> breaches = [];

    public IReadOnlyList<BreachRecord> Breaches => breaches;

    /// <summary>Gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Too many rows are not in the documented format.</exception>
    public long Read(IEnumerable<JsonElement> elements, Func<JsonElement, (string Key, BreachRow Row)> read)
    {
        var rows = new ListRows(audit, "breaches");
        foreach (JsonElement element in elements)
        {
            (string key, BreachRow row) = read(element);
            string name = key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"breach {rows.Count + 1}");
            rows.Add(name, row.Problem.Length > 0 ? row.Problem : null);
            if (row.Passed.Length > 0) audit.Reject(name, row.Passed);
            if (row.Breach is { } breach) breaches.Add(breach);
        }

        return rows.Whole();
    }

    /// <summary>A day or an instant, UTC where no zone stands there.</summary>
    public static bool TryTime(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);

    /// <summary>As portfolios write domains; "" where the text is none.</summary>
    public static string DomainOf(string text)
    {
        string host = text.Trim().ToLowerInvariant();
        if (host.StartsWith("www.", StringComparison.Ordinal)) host = host[4..];
        return DomainName.Check(host) is { IsValid: true } domain ? domain.Value : "";
    }
}
