using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.ShodanInternetDb;

/// <summary>Asks for each IPv4 address that the portfolio names for a supplier, else for those of its domain.</summary>
/// <param name="hosts">Looks domains up.</param>
internal sealed class ShodanInternetDbConnector(PublicHosts hosts) : IConnector
{
    /// <summary>The portfolio's own column: addresses with semicolons, commas or spaces between.</summary>
    private const string AddressColumn = "ip_addresses";

    private const long MaximumBytes = 1L << 20;
    private const int MostAddresses = 16;
    private static readonly int[] Expected = [404];
    private static readonly char[] Separators = [';', ',', ' '];

    /// <summary>What was answered in this run, null for "nothing known": suppliers share addresses.</summary>
    private readonly Dictionary<string, ShodanInternetDbRecord?> answered = new(StringComparer.Ordinal);

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) => NameSweep.RunAsync(
        context,
        SweepPatience.OneUpstream,
        static supplier => supplier.Attributes.TryGetValue(AddressColumn, out string? own) && own.Trim().Length > 0 ? own.Trim() : supplier.Identifier(IdentifierScheme.Domain),
        (name, token) => ReadAsync(context, name, token),
        (supplier, _, known) => new SupplierUpdate(supplier.Id)
        {
            Signals = ShodanInternetDbMapper.Map(supplier.Id, supplier.Identifier(IdentifierScheme.Domain), known, context.ObservedAt),
            Complete = true,
        },
        cancellationToken);

    /// <param name="name">A domain, or addresses out of the portfolio.</param>
    private async Task<ShodanInternetDbHosts> ReadAsync(FetchContext context, string name, CancellationToken cancellationToken)
    {
        bool isDomain = DomainName.Check(name).IsValid;
        string[] addresses = isDomain ? await ResolveAsync(name, cancellationToken).ConfigureAwait(false) : Own(context, name);
        var known = ImmutableArray.CreateBuilder<ShodanInternetDbRecord>();
        foreach (string address in addresses.Take(MostAddresses))
        {
            if (!answered.TryGetValue(address, out ShodanInternetDbRecord? record)) answered[address] = record = await AskAsync(context, address, cancellationToken).ConfigureAwait(false);
            if (record is not null) known.Add(record);
        }

        return new ShodanInternetDbHosts(known.ToImmutable(), AreOwn: !isDomain);
    }

    private async Task<string[]> ResolveAsync(string domain, CancellationToken cancellationToken) =>
        [.. (await hosts.ResolveAsync(domain, cancellationToken).ConfigureAwait(false)).Where(a => a.GetAddressBytes().Length == 4).Select(a => a.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>InternetDB knows IPv4 only: other addresses are counted, and the supplier is looked at by the rest.</summary>
    private static string[] Own(FetchContext context, string column)
    {
        ILookup<bool, string> bySix = column.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToLookup(IsSix);
        string[] written = [.. bySix[false]];
        foreach (string address in bySix[true]) context.Audit.Reject(address, "an IPv6 address, which InternetDB does not know");
        if (written.Length == 0) throw NotFound($"The column {AddressColumn} of the portfolio names no IPv4 address, and InternetDB knows no others.");
        if (written.Length > MostAddresses) throw NotFound($"The column {AddressColumn} of the portfolio names {written.Length} addresses for one supplier, at most {MostAddresses} are looked at; keep those that matter.");
        return [.. written.Select(Address).Distinct(StringComparer.Ordinal)];
    }

    private static bool IsSix(string written) => IPAddress.TryParse(written, out IPAddress? address) && address.GetAddressBytes().Length == 16;

    private static string Address(string written) =>
        IPAddress.TryParse(written, out IPAddress? address) && address.ToString() == written && written.Contains('.', StringComparison.Ordinal) && PublicAddress.MayConnect(address, [])
            ? written
            : throw NotFound($"The column {AddressColumn} of the portfolio has '{Observation.Line(written, 60)}', which is no public IPv4 address; write addresses as in 192.0.2.10 with semicolons between.");

    /// <summary>Null when nothing is known of the address.</summary>
    private static async Task<ShodanInternetDbRecord?> AskAsync(FetchContext context, string address, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(new Uri("https://internetdb.shodan.io/" + address), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        using JsonDocument host = BoundedJson.Parse(answer.Body, $"The InternetDB answer for {address}");
        context.Audit.CountRead();
        if (answer.Status == 404)
        {
            // A proxy's 404 page is no statement about the address.
            return host.RootElement.ValueKind == JsonValueKind.Object && host.RootElement.TryGetProperty("detail", out _)
                ? null : throw new SourceFailureException(FailureKind.Malformed, $"InternetDB answered 404 for {address} without saying that nothing is known; nothing was changed.");
        }

        ShodanInternetDbRecord.Format.Check(host.RootElement, context.Audit);
        if (!ShodanInternetDbRecord.TryRead(host.RootElement, out ShodanInternetDbRecord? record, out string problem)) throw new SourceFailureException(FailureKind.Malformed, $"The InternetDB answer for {address} {problem}; nothing was changed.");
        return record.Ip == address ? record : throw new SourceFailureException(FailureKind.Malformed, $"The InternetDB answer for {address} is about another address; nothing was changed.");
    }

    private static SourceFailureException NotFound(string message) => new(FailureKind.NotFound, message);
}
