using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Crtsh;

/// <summary>What the logs hold of one domain.</summary>
/// <param name="IsWhole">False when only the certificates in force could be had.</param>
internal sealed record CrtshEntries(ImmutableArray<CrtshRecord> Records, bool IsWhole);

/// <summary>Turns the log entries of a domain into facts. Pure.</summary>
internal static class CrtshMapper
{
    private static readonly TimeSpan IsNewFor = TimeSpan.FromDays(30);

    public static ImmutableArray<Signal> Map(SupplierId supplier, string domain, CrtshEntries entries, DateTimeOffset observedAt)
    {
        CrtshRecord[] certificates = [.. entries.Records.DistinctBy(r => r.Identity)];
        CrtshRecord[] inForce = [.. certificates.Where(c => c.NotBefore <= observedAt && c.NotAfter >= observedAt)];
        string issuers = string.Join("; ", inForce.Select(c => c.Issuer).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        CrtshRecord? longest = certificates.Where(c => c.IsFor(domain)).MaxBy(c => (c.NotAfter, c.NotBefore));
        string told = string.Create(
            CultureInfo.InvariantCulture,
            $"{domain}: {inForce.Length} certificates in force in the public logs{(issuers.Length > 0 ? ", by " + issuers : "")}; {(longest is null ? "none for the domain itself" : "for the domain itself until " + Observation.Date(longest.NotAfter))}");
        var look = new Observation(supplier, CrtshModule.Id, observedAt, "https://crt.sh/?q=" + domain, told);
        DateTimeOffset since = certificates.Length > 0 ? certificates.Max(c => c.NotBefore) : look.Month;
        var facts = ImmutableArray.CreateBuilder<Signal>();
        if (longest is not null) facts.Add(look.Fact("ct_expiry", FactValue.Of(longest.NotAfter), longest.NotBefore));
        facts.Add(look.Fact("ct_certificates", FactValue.Of(inForce.Length), since));
        facts.Add(look.Fact("ct_issuers", FactValue.Of(issuers), since));
        if (entries.IsWhole) facts.Add(look.Fact("ct_new_issuer", FactValue.Of(NewIssuer(certificates, observedAt)), since));
        return facts.ToImmutable();
    }

    /// <summary>The issuer whose first certificate ever is young while another's is not; of several the youngest.</summary>
    private static string NewIssuer(CrtshRecord[] certificates, DateTimeOffset observedAt)
    {
        (string Issuer, DateTimeOffset First)[] firsts =
            [.. certificates.GroupBy(c => c.Issuer, StringComparer.Ordinal).Select(g => (g.Key, g.Min(c => c.NotBefore))).OrderBy(f => f.Item2).ThenBy(f => f.Key, StringComparer.Ordinal)];
        return firsts.Length > 1 && observedAt - firsts[0].First > IsNewFor && observedAt - firsts[^1].First <= IsNewFor ? firsts[^1].Issuer : "";
    }
}
