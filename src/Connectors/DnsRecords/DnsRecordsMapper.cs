using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.DnsRecords;

/// <summary>Turns the records of a domain into facts. Pure.</summary>
internal static class DnsRecordsMapper
{
    public const string Absent = "absent", Invalid = "invalid";

    public static ImmutableArray<Signal> Map(SupplierId supplier, DnsRecord record, DateTimeOffset observedAt)
    {
        if (!record.Exists)
        {
            var gone = new Observation(supplier, DnsRecordsModule.Id, observedAt, $"https://dns.google/query?name={record.Domain}&rr_type=ALL", $"{record.Domain}: no such name (NXDOMAIN)");
            return [gone.Fact("dns_exists", FactValue.Of(false), gone.Month)];
        }

        bool mail = record.Mx.Any(host => host is not ("." or ""));
        string spf = record.Spf, dmarc = Dmarc(record.Dmarc, record.DmarcAt == record.Domain), caa = Issuers(record.Caa);
        string inherited = record.DmarcAt == record.Domain ? "" : " (of " + record.DmarcAt + ")";
        var look = new Observation(
            supplier, DnsRecordsModule.Id, observedAt, $"https://dns.google/query?name={record.Domain}&rr_type=ALL",
            $"{record.Domain}: {(mail ? "takes mail" : "takes no mail")}; SPF {spf}; DMARC {dmarc}{inherited}; certificates by {(caa.Length > 0 ? caa : "anyone")}");
        return
        [
            look.Fact("dns_exists", FactValue.Of(true), look.Month),
            look.Fact("dns_mail", FactValue.Of(mail), look.Month),
            look.Fact("dns_spf", FactValue.Of(spf), look.Month),
            look.Fact("dns_dmarc", FactValue.Of(dmarc), look.Month),
            look.Fact("dns_caa", FactValue.Of(caa), look.Month),
        ];
    }

    /// <summary>RFC 7208: the qualifier of <c>all</c>; several records are an error, and receivers then ignore all of them. What records lead to is not looked at.</summary>
    internal static string Spf(ImmutableArray<string> texts)
    {
        string[] records = SpfRecords(texts);
        if (records.Length != 1) return records.Length == 0 ? Absent : Invalid;
        string[] terms = SpfTerms(texts);
        return terms.FirstOrDefault(t => t is "all" or "+all" or "-all" or "~all" or "?all") switch
        {
            "-all" => "fail",
            "~all" => "softfail",
            "?all" => "neutral",
            not null => "pass",
            null => terms.Any(t => t.StartsWith("redirect=", StringComparison.Ordinal)) ? "redirect" : "neutral",
        };
    }

    /// <summary>The terms of the record, where there is one, in lower case.</summary>
    internal static string[] SpfTerms(ImmutableArray<string> texts) => SpfRecords(texts) is [var record] ? record.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..] : [];

    private static string[] SpfRecords(ImmutableArray<string> texts) =>
        [.. texts.Select(t => t.Trim()).Where(t => t.Equals("v=spf1", StringComparison.OrdinalIgnoreCase) || t.StartsWith("v=spf1 ", StringComparison.OrdinalIgnoreCase))];

    /// <summary>RFC 7489: the policy asked for; <c>sp</c> goes before <c>p</c> for a name below the one that says it.</summary>
    /// <param name="isOwn">Whether the domain itself says it.</param>
    internal static string Dmarc(ImmutableArray<string> texts, bool isOwn)
    {
        string[] records = [.. texts.Select(t => t.Trim()).Where(IsDmarc)];
        if (records.Length != 1) return records.Length == 0 ? Absent : Invalid;
        var tags = records[0].Split(';').Select(tag => tag.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0].ToLowerInvariant()).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].ToLowerInvariant(), StringComparer.Ordinal);
        string? policy = (isOwn ? null : tags.GetValueOrDefault("sp")) ?? tags.GetValueOrDefault("p");
        if (policy is "none" or "quarantine" or "reject") return policy;

        // RFC 7489, 6.6.3: a record without a valid policy that wants reports counts as "none", else it is as if it were not there.
        return tags.ContainsKey("rua") ? "none" : Invalid;
    }

    internal static bool IsDmarc(string text) => text.TrimStart().StartsWith("v=DMARC1", StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 8659: the issuers named by <c>issue</c>; nobody, when the only one is empty.</summary>
    private static string Issuers(ImmutableArray<string> records)
    {
        string[] issuers =
        [
            .. records.Where(r => r.StartsWith("issue ", StringComparison.OrdinalIgnoreCase)).Select(r => Observation.Line(r["issue ".Length..].Split(';')[0].ToLowerInvariant(), 100))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        return issuers is [""] ? "nobody" : string.Join("; ", issuers.Where(i => i.Length > 0));
    }
}
