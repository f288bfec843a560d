using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Breaches;

/// <summary>A breach of one service, in words that all lists of breaches share.</summary>
/// <param name="Key">The list's own name of it, stable.</param>
/// <param name="Domain">Lower case, or "" where it is of no domain.</param>
/// <param name="HappenedOn">Often no more than the month is right.</param>
/// <param name="PublishedAt">When the list took it up.</param>
/// <param name="Exposed">What became public: "Email addresses", "Passwords".</param>
internal sealed record BreachRecord(
    string Key, string Title, string Domain, DateTimeOffset HappenedOn, DateTimeOffset PublishedAt, long Accounts, ImmutableArray<string> Exposed, bool IsVerified, string Url);

/// <summary>Joins breaches to suppliers by domain, which is sure: names of services are words that many companies share.</summary>
internal sealed class BreachEvents(IEnumerable<Supplier> suppliers, SourceId source, DateTimeOffset observedAt)
{
    /// <summary>Kinds of data that do harm by themselves. What the lists call them differs in the words around.</summary>
    private static readonly string[] Grave = ["password", "credit card", "bank account", "social security", "government", "passport", "national id", "health", "auth token", "security question", "biometric"];

    private readonly ILookup<string, Supplier> byDomain = suppliers.Where(s => s.Identifier(IdentifierScheme.Domain).Length > 0).ToLookup(s => s.Identifier(IdentifierScheme.Domain), StringComparer.Ordinal);

    /// <summary>One event for each supplier whose domain it is, or is below: <c>forum.example.com</c> is of <c>example.com</c>.</summary>
    public IEnumerable<EventSignal> Of(BreachRecord breach, Snapshot list) => Above(breach.Domain).SelectMany(domain => byDomain[domain]).Select(supplier => Of(breach, supplier, list));

    private static IEnumerable<string> Above(string domain)
    {
        for (string rest = domain; rest.Contains('.', StringComparison.Ordinal); rest = rest[(rest.IndexOf('.', StringComparison.Ordinal) + 1)..]) yield return rest;
    }

    private EventSignal Of(BreachRecord breach, Supplier supplier, Snapshot list)
    {
        string happened = breach.HappenedOn.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string accounts = breach.Accounts > 0 ? string.Create(CultureInfo.InvariantCulture, $"{breach.Accounts:N0} accounts") : "an unknown number of accounts";
        bool isGrave = breach.Exposed.Any(kind => Grave.Any(grave => kind.Contains(grave, StringComparison.OrdinalIgnoreCase)));
        return new EventSignal
        {
            Supplier = supplier.Id,
            Source = source,
            Name = SharedFeeds.Breach.Name,
            Id = breach.Key,
            Type = "data-breach",
            Title = $"Data of {accounts} of {breach.Domain} from {happened} is public{(breach.IsVerified ? "" : ", as is said; not verified")}",
            Severity = !breach.IsVerified ? 2 : isGrave ? 4 : 3,
            Stage = breach.IsVerified ? "verified" : "unverified",
            Story = $"breach:{breach.Domain}:{happened}",
            OccurredAt = breach.HappenedOn,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(breach.Url, string.Create(CultureInfo.InvariantCulture, $"{breach.Title}: {string.Join(", ", breach.Exposed)}; listed {breach.PublishedAt:yyyy-MM-dd}"), observedAt, list),
        };
    }
}
