using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Currency;

namespace Risk.Connectors.EcbFx;

/// <summary>Downloads the rates of the last day and of the last ninety; the accepted files are what other sources convert with.</summary>
internal sealed class EcbFxConnector : IConnector
{
    private const long MaximumBytes = 16L << 20;

    /// <summary>Ninety days have about 62 working days.</summary>
    private const int FewestDays = 40;

    /// <summary>Currencies without which a file is not believed; the others come and go.</summary>
    private static readonly string[] Sentinels = ["USD", "JPY", "GBP"];

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (EuroRates history, Snapshot historyFile) = await ReadAsync(context, EuroRates.HistoryPart, FewestDays, cancellationToken).ConfigureAwait(false);
        (EuroRates daily, Snapshot dailyFile) = await ReadAsync(context, EuroRates.DailyPart, 1, cancellationToken).ConfigureAwait(false);
        yield return new ListUpdate([historyFile, dailyFile]) { Signals = [.. EcbFxMapper.Map(context.Suppliers, history, daily, historyFile, context.ObservedAt)] };
    }

    private static async Task<(EuroRates Rates, Snapshot Accepted)> ReadAsync(FetchContext context, string part, int fewestDays, CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync(part, new Uri("https://www.ecb.europa.eu/stats/eurofxref/" + part), MaximumBytes, cancellationToken).ConfigureAwait(false);
        EuroRates rates;
        try
        {
            using FileStream file = File.OpenRead(download.Snapshot.File);
            rates = EuroRates.Read(file, part, context.Audit.Reject, context.Audit);
        }
        catch (SourceFailureException e)
        {
            throw context.Snapshots.Quarantine(download, e.Kind, "cannot be read: " + e.Message.TrimEnd('.'));
        }

        context.Audit.CountRead(rates.Days.Sum(d => d.Rates.Count));
        if (rates.Days.Length < fewestDays) throw context.Snapshots.Quarantine(download, FailureKind.SentinelMissing, $"has rates of {rates.Days.Length} days; there are always more than {fewestDays}");
        if (Array.Find(Sentinels, currency => !rates.Latest.Rates.ContainsKey(currency)) is { } missing) throw context.Snapshots.Quarantine(download, FailureKind.SentinelMissing, $"has no rate of {missing}");
        var published = new DateTimeOffset(rates.Latest.On.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        // Days come and go with holidays, currencies with treaties; what must be there was looked at above.
        return (rates, await context.Snapshots.AcceptAsync(download, rates.Days.Length, published, maximumShrink: 0.2, cancellationToken).ConfigureAwait(false));
    }
}
