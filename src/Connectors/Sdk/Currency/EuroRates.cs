using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk.Currency;

/// <summary>The European Central Bank's reference rates: units of a currency for one euro, by working day. Immutable.</summary>
/// <param name="Days">Oldest first, each with at least one rate.</param>
internal sealed record EuroRates(ImmutableArray<EuroRates.Day> Days)
{
    public const string Euro = "EUR";

    /// <summary>The parts of the source that hold them: the last working day, and the last ninety days.</summary>
    public const string DailyPart = "eurofxref-daily.xml", HistoryPart = "eurofxref-hist-90d.xml";

    private static readonly RecordFormat Format = RecordFormat.Of("""
        Cube object
        Cube.@time text
        Cube.Cube object
        Cube.Cube.@currency text
        Cube.Cube.@rate text
        """);

    public static readonly SourceId Source = new("ecb-fx");

    public sealed record Day(DateOnly On, ImmutableSortedDictionary<string, decimal> Rates);

    public Day Latest => Days[^1];

    /// <summary>The last accepted rates, or null where the source has never run.</summary>
    /// <exception cref="SourceFailureException">The kept file was altered and cannot be read.</exception>
    public static async Task<EuroRates?> LoadAsync(SnapshotDownloads snapshots, CancellationToken cancellationToken)
    {
        Snapshot? daily = await snapshots.LastGoodAsync(Source, DailyPart, cancellationToken).ConfigureAwait(false);
        if (daily is null || !File.Exists(daily.File)) return null;
        using FileStream file = File.OpenRead(daily.File);
        return Read(file, DailyPart, static (_, _) => { });
    }

    /// <summary>Reads one of the files; what is no rate is told, and the others are taken.</summary>
    /// <param name="rejected">Told: which, and why.</param>
    /// <exception cref="SourceFailureException">Malformed: no such file, or no rate in it.</exception>
    /// <param name="audit">Told of members that are not known; null: nobody is.</param>
    public static EuroRates Read(Stream stream, string name, Action<string, string> rejected, FetchAudit? audit = null)
    {
        var days = new SortedDictionary<DateOnly, ImmutableSortedDictionary<string, decimal>>();
        using (var xml = new XmlRecords(stream, "Envelope", name))
        {
            while (xml.Next("Cube") is { } outer)
            {
                if (audit is not null) Format.Check(outer, audit);
                foreach (XElement day in outer.DescendantsAndSelf("Cube").Where(c => c.Attribute("time") is not null)) ReadDay(day, name, days, rejected);
            }
        }

        return days.Count > 0 ? new EuroRates([.. days.Select(d => new Day(d.Key, d.Value))]) : throw new SourceFailureException(FailureKind.Malformed, $"{name} holds no rates.");
    }

    /// <summary>The amount in another currency, at the latest rates; null where one of the currencies has none.</summary>
    public decimal? Convert(decimal amount, string from, string to)
    {
        if (from == to) return amount;
        return RateOf(from) is { } own && RateOf(to) is { } other ? amount / own * other : null;
    }

    private decimal? RateOf(string currency) => currency == Euro ? 1 : Latest.Rates.TryGetValue(currency, out decimal rate) ? rate : null;

    private static void ReadDay(XElement day, string name, SortedDictionary<DateOnly, ImmutableSortedDictionary<string, decimal>> days, Action<string, string> rejected)
    {
        string at = (string)day.Attribute("time")!;
        if (!DateOnly.TryParseExact(at, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly on))
        {
            rejected($"{name} {at}", "time is no date");
            return;
        }

        var rates = ImmutableSortedDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
        foreach (XElement cube in day.Elements("Cube"))
        {
            string currency = (string?)cube.Attribute("currency") ?? "";
            if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper)) rejected($"{name} {at} {currency}", "currency is no code of three letters");
            // N/A where a currency was not quoted.
            else if (!decimal.TryParse((string?)cube.Attribute("rate"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal rate) || rate <= 0) rejected($"{name} {at} {currency}", "rate is no positive number");
            else rates[currency] = rate;
        }

        if (rates.Count > 0) days[on] = rates.ToImmutable();
        else rejected($"{name} {at}", "the day has no rates");
    }
}
