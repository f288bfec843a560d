using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.ShodanInternetDb;

/// <summary>What is known of a supplier's addresses.</summary>
/// <param name="AreOwn">The portfolio names the addresses; else the domain's name servers do, and a shared host is not the supplier's.</param>
internal sealed record ShodanInternetDbHosts(ImmutableArray<ShodanInternetDbRecord> Known, bool AreOwn);

/// <summary>Adds up the addresses of one supplier. Pure.</summary>
internal static class ShodanInternetDbMapper
{
    /// <summary>Services that belong behind a firewall.</summary>
    private static readonly FrozenDictionary<int, string> Exposing = new Dictionary<int, string>
    {
        [23] = "telnet", [135] = "Windows RPC", [139] = "NetBIOS", [445] = "Windows file sharing", [1433] = "SQL Server", [1521] = "Oracle", [2375] = "Docker", [3306] = "MySQL",
        [3389] = "remote desktop", [5432] = "PostgreSQL", [5900] = "VNC", [5984] = "CouchDB", [6379] = "Redis", [9200] = "Elasticsearch", [11211] = "memcached", [27017] = "MongoDB",
    }.ToFrozenDictionary();

    public static ImmutableArray<Signal> Map(SupplierId supplier, string domain, ShodanInternetDbHosts hosts, DateTimeOffset observedAt)
    {
        ShodanInternetDbRecord[] own = [.. hosts.Known.Where(h => hosts.AreOwn || !h.Tags.Any(t => t is "cdn" or "cloud")).OrderBy(h => h.Ip, StringComparer.Ordinal)];
        string exposed = string.Join("; ", own.SelectMany(h => h.Ports).Distinct().Order().Where(Exposing.ContainsKey).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p} {Exposing[p]}")));
        int vulnerabilities = own.SelectMany(h => h.Vulns).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        string told = own.Length == 0
            ? $"{domain}: InternetDB knows no address of its own"
            : string.Create(CultureInfo.InvariantCulture, $"{domain}: {string.Join("; ", own.Select(h => $"{h.Ip} open ports {string.Join(' ', h.Ports)}"))}; {vulnerabilities} supposed vulnerabilities, unverified");
        var look = new Observation(supplier, ShodanInternetDbModule.Id, observedAt, own.Length == 0 ? "https://internetdb.shodan.io/" : "https://internetdb.shodan.io/" + own[0].Ip, told);
        return
        [
            look.Fact("internetdb_addresses", FactValue.Of(own.Length), look.Month),
            look.Fact("internetdb_exposed", FactValue.Of(exposed), look.Month),
            look.Fact("internetdb_vulnerabilities", FactValue.Of(vulnerabilities), look.Month),
        ];
    }
}
