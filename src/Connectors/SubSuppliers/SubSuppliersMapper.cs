using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Matching;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SubSuppliers;

/// <summary>Makes the signals of the file's rows and of what befell the companies they name. Pure.</summary>
internal sealed class SubSuppliersMapper
{
    /// <summary>So many of our suppliers on one company weigh as much: 2 and 3.</summary>
    private const int SomeShare = 2, ManyShare = 5;

    /// <summary>Below it the supplier can do without.</summary>
    private const double SmallShare = 0.1;

    /// <summary>Milder matches are a question that is asked about the sub-supplier itself.</summary>
    private const int SureSanction = 4;

    private const int MaximumExcerpt = 1000;

    private readonly SourceId source;
    private readonly DateTimeOffset writtenAt, observedAt;
    private readonly Dictionary<string, Supplier> byId;
    private readonly ILookup<(string Scheme, string Value), Supplier> byIdentifier;
    private readonly ILookup<string, Supplier> byName;

    /// <param name="writtenAt">When the file was: what it says holds since then, as far as is known.</param>
    public SubSuppliersMapper(IReadOnlyList<Supplier> portfolio, SourceId source, DateTimeOffset writtenAt, DateTimeOffset observedAt)
    {
        this.writtenAt = writtenAt;
        this.source = source;
        this.observedAt = observedAt;
        byId = portfolio.ToDictionary(s => s.Id.Value, StringComparer.Ordinal);
        byIdentifier = portfolio.SelectMany(s => s.Identifiers.Select(i => (Key: (i.Key, i.Value), s))).ToLookup(i => i.Key, i => i.s);
        byName = portfolio.SelectMany(s => s.Aliases.Prepend(s.Name).Select(name => (Name: NameNormalizer.Normalize(name), s))).Where(n => n.Name.Length > 0).Distinct().ToLookup(n => n.Name, n => n.s, StringComparer.Ordinal);
    }

    /// <summary>Which company a row means: by the portfolio's id, then LEI or domain, then a name that is one supplier's and no country speaks against.</summary>
    public FourthParty Identify(SubSuppliersRecord record)
    {
        if (record.Id.Length > 0) return new FourthParty(record.Id, byId[record.Id], false);
        foreach ((string scheme, string value) in ((string, string)[])[(IdentifierScheme.Lei, record.Lei), (IdentifierScheme.Domain, record.Domain)])
        {
            if (value.Length == 0) continue;
            Supplier[] same = [.. byIdentifier[(scheme, value)]];
            return same.Length == 1 ? new FourthParty(same[0].Id.Value, same[0], false) : new FourthParty($"{scheme}:{value}", null, false);
        }

        string name = NameNormalizer.Normalize(record.Name);
        Supplier[] alike = [.. byName[name].Where(s => s.Country.Length == 0 || record.Country.Length == 0 || s.Country == record.Country)];
        // One word is many companies' name: the country has to agree, not only not to differ.
        bool isEnough = name.Contains(' ', StringComparison.Ordinal) || (record.Country.Length > 0 && alike.All(s => s.Country.Length > 0));
        return alike.Length == 1 && isEnough ? new FourthParty(alike[0].Id.Value, alike[0], true) : new FourthParty($"{name}/{record.Country}", null, false);
    }

    /// <param name="rows">Each with the company it means; of one supplier and company one row.</param>
    /// <param name="risks">Events of the suppliers that are sub-suppliers too.</param>
    public IEnumerable<Signal> Map(IReadOnlyList<(SubSuppliersRecord Row, FourthParty Party)> rows, ILookup<SupplierId, EventSignal> risks)
    {
        Dictionary<string, int> dependents = rows.GroupBy(r => r.Party.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        Dictionary<string, string> names = rows.GroupBy(r => r.Party.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Party.Known?.Name ?? g.Min(r => r.Row.Name)!, StringComparer.Ordinal);
        ILookup<string, (SubSuppliersRecord Row, FourthParty Party)> bySupplier = rows.ToLookup(r => r.Row.SupplierId, StringComparer.Ordinal);
        foreach (string supplier in byId.Keys.Order(StringComparer.Ordinal))
        {
            foreach ((SubSuppliersRecord row, FourthParty party) in bySupplier[supplier])
            {
                yield return Dependency(row, party, dependents[party.Key]);
                foreach (EventSignal risk in party.Known is { } known ? risks[known.Id] : []) yield return PassedOn(row, party, risk);
            }

            // Who is in no row shares none as far as the file says: an unknown fact would keep every alert about groups open.
            var shared = bySupplier[supplier].Where(r => dependents[r.Party.Key] >= SomeShare).OrderByDescending(r => dependents[r.Party.Key]).ThenBy(r => r.Party.Key, StringComparer.Ordinal).FirstOrDefault();
            string excerpt = shared.Party is null ? $"{SubSuppliersModule.File}: no sub-supplier that another supplier has too" : $"{SubSuppliersModule.File}:{shared.Row.Line}: {names[shared.Party.Key]}, shared by {dependents[shared.Party.Key]} suppliers";
            yield return new FactSignal
            {
                Supplier = new SupplierId(supplier), Source = source, Name = SubSuppliersModule.Shared.Name, OccurredAt = writtenAt, ObservedAt = observedAt,
                Value = FactValue.Of(shared.Party is null ? "" : names[shared.Party.Key]), Evidence = EvidenceOf(SubSuppliersModule.File, excerpt),
            };
        }
    }

    /// <summary>Whether an event of a sub-supplier is one that reaches those who depend on it.</summary>
    public static bool IsPassedOn(EventSignal risk) => risk.Name switch { "insolvency" => true, "sanction" => risk.Severity >= SureSanction, _ => false };

    private EventSignal Dependency(SubSuppliersRecord row, FourthParty party, int dependents) => new()
    {
        Supplier = new SupplierId(row.SupplierId), Source = source, Name = SubSuppliersModule.Dependencies.Name, Id = party.Key, Type = "dependency",
        Title = $"{Described(row, party)}{(dependents > 1 ? $"; {dependents} of our suppliers depend on it" : "")}",
        Severity = dependents >= ManyShare ? 3 : dependents >= SomeShare ? 2 : 1,
        OccurredAt = writtenAt, ObservedAt = observedAt, Evidence = EvidenceOf(SubSuppliersModule.File, $"{SubSuppliersModule.File}:{row.Line}: {Described(row, party)}"),
    };

    private EventSignal PassedOn(SubSuppliersRecord row, FourthParty party, EventSignal risk) => new()
    {
        Supplier = new SupplierId(row.SupplierId), Source = source, Name = SubSuppliersModule.Risks.Name, Id = $"{party.Key}:{risk.Name}:{risk.Source}:{risk.Id}", Type = risk.Name,
        Title = $"{Described(row, party)}: {risk.Title}",
        Severity = Math.Clamp(risk.Severity - (row.Share < SmallShare ? 2 : 0) - (party.IsByName ? 1 : 0), 1, 5),
        Stage = risk.Stage, Story = risk.Story.Length == 0 ? "" : $"{party.Key}:{risk.Story}", OccurredAt = risk.OccurredAt, ObservedAt = observedAt,
        Evidence = EvidenceOf(risk.Evidence.Url, $"{SubSuppliersModule.File}:{row.Line}; {risk.Source}: {risk.Evidence.Excerpt}"),
    };

    private static string Described(SubSuppliersRecord row, FourthParty party)
    {
        var parts = new List<string>();
        if (row.Delivers.Length > 0) parts.Add($"delivers {row.Delivers}");
        if (row.Tier > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"tier {row.Tier}"));
        if (row.Share is { } share) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} % of it"));
        if (party.Known is { } known) parts.Add($"our supplier {known.Id}{(party.IsByName ? ", by its name" : "")}");
        return $"Sub-supplier {party.Known?.Name ?? row.Name}{(parts.Count > 0 ? $" ({string.Join(", ", parts)})" : "")}";
    }

    private Evidence EvidenceOf(string url, string excerpt)
    {
        string text = excerpt.Length <= MaximumExcerpt ? excerpt : excerpt[..(MaximumExcerpt - 1)] + "…";
        return new Evidence(url, text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), observedAt);
    }
}
