using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.MozillaObservatory;

/// <summary>Asks for the scan of each domain's web site.</summary>
internal sealed class MozillaObservatoryConnector : IConnector
{
    private const long MaximumBytes = 1L << 20;

    /// <summary>With these the service says in JSON what is wrong with the host.</summary>
    private static readonly int[] Expected = [400, 404, 422];

    // Not complete: that would withdraw the readings of earlier weeks, which the next ones are compared with.
    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) => NameSweep.OfDomainsAsync(
        context,
        SweepPatience.OneUpstream,
        (domain, token) => ReadAsync(context, domain, token),
        (supplier, domain, record) => new SupplierUpdate(supplier.Id) { Signals = MozillaObservatoryMapper.Map(supplier.Id, domain, record, context.ObservedAt) },
        cancellationToken);

    private static async Task<MozillaObservatoryRecord> ReadAsync(FetchContext context, string domain, CancellationToken cancellationToken)
    {
        var url = new Uri($"https://observatory-api.mdn.mozilla.net/api/v2/scan?host={domain}");
        SourceResponse answer = await context.Http.PostAsync(url, MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        using JsonDocument scan = BoundedJson.Parse(answer.Body, $"The Observatory's answer for {domain}");
        string error = BoundedJson.Text(scan.RootElement, "error");
        if (error.Length > 0)
        {
            string said = Observation.Line($"{error} {BoundedJson.Text(scan.RootElement, "message")}", 200);
            throw new SourceFailureException(FailureKind.NotFound, $"The Observatory cannot scan {domain} ({said}); check the domain in the portfolio. What was known of it stays.");
        }

        context.Audit.CountRead();
        MozillaObservatoryRecord.Format.Check(scan.RootElement, context.Audit);
        return MozillaObservatoryRecord.TryRead(scan.RootElement, domain, out MozillaObservatoryRecord? record, out string problem)
            ? record
            : throw new SourceFailureException(FailureKind.Malformed, $"The Observatory's answer {problem}; nothing of it was kept.");
    }
}
