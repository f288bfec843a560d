using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Replay;

/// <summary>
/// A made-up year of a portfolio, written through the store's own doors as ingestion writes it: weekly delivery figures that drift, quarterly statements, events at random,
/// daily checks, a source that is down for three weeks, suppliers that come, change hands and leave. The same seed gives the same history.
/// </summary>
internal sealed class SyntheticHistory(int suppliers, int days, uint seed = 1)
{
    public static readonly DateTimeOffset Start = new(2025, 8, 4, 5, 0, 0, TimeSpan.Zero);

    private static readonly SourceId Kpi = new("kpi-file"), Edgar = new("sec-edgar"), Kev = new("cisa-kev"), Sanctions = new("ofac-sdn"), Register = new("companies-house"), Lei = new("gleif"), Contracts = new("contracts");

    /// <summary>The vulnerability list is not reached on these days.</summary>
    private const int OutageFrom = 200, OutageTo = 221;

    private uint random = seed;

    public DateTimeOffset End => Start.AddDays(days);

    public async Task WriteAsync(IRiskStore store, CancellationToken cancellationToken)
    {
        Supplier[] portfolio = [.. Enumerable.Range(1, suppliers).Select(Supplier)];
        double[] punctuality = [.. portfolio.Select(_ => 0.9 + (0.09 * Next()))], strength = [.. portfolio.Select(_ => 1 + (2.5 * Next()))];
        await using (IStoreSession session = await store.WriteAsync(cancellationToken))
        {
            await session.Suppliers.ApplyAsync(new SupplierChanges([.. portfolio.Where((_, i) => i % 50 != 49)], [], []), Start, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        for (int day = 0; day < days; day++)
        {
            DateTimeOffset at = Start.AddDays(day).AddMinutes(1);
            await using IStoreSession session = await store.WriteAsync(cancellationToken);
            if (day == 120) await session.Suppliers.ApplyAsync(new SupplierChanges([.. portfolio.Where((_, i) => i % 50 == 49)], [], []), at, cancellationToken);
            if (day == 150) await session.Suppliers.ApplyAsync(new SupplierChanges([], [.. portfolio.Where((_, i) => i % 40 == 7).Select(s => s with { Owner = "new.buyer@example.org" })], []), at, cancellationToken);
            if (day == 300) await session.Suppliers.ApplyAsync(new SupplierChanges([], [], [.. portfolio.Where((_, i) => i % 60 == 11).Select(s => s.Id)]), at, cancellationToken);
            await RecordAsync(session, Kpi, day % 7 == 0 ? [.. portfolio.SelectMany((s, i) => Deliveries(s, ref punctuality[i], at))] : [], at, cancellationToken);
            await RecordAsync(session, Edgar, day % 91 == 0 ? [.. portfolio.Where(s => s.Identifier("cik").Length > 0).SelectMany((s, i) => Statements(s, ref strength[i], at))] : Events(portfolio, day, at), at, cancellationToken);
            foreach (SourceId list in (SourceId[])[Kpi, Sanctions, Contracts]) await session.Sources.RecordCheckAsync(list, null, at, cancellationToken);
            if (day is < OutageFrom or >= OutageTo)
            {
                await RecordAsync(session, Kev, Vulnerabilities(portfolio, day, at), at, cancellationToken);
                await session.Sources.RecordCheckAsync(Kev, null, at, cancellationToken);
            }

            foreach (Supplier supplier in portfolio)
            {
                if (supplier.Identifier("cik").Length > 0) await session.Sources.RecordCheckAsync(Edgar, supplier.Id, at, cancellationToken);
                if (day % 7 != 0) continue;
                if (supplier.Identifier("companies_house").Length > 0) await session.Sources.RecordCheckAsync(Register, supplier.Id, at, cancellationToken);
                if (supplier.Identifier("lei").Length > 0) await session.Sources.RecordCheckAsync(Lei, supplier.Id, at, cancellationToken);
            }

            if (day == 0) await RecordAsync(session, Register, [.. portfolio.Where(s => s.Identifier("companies_house").Length > 0).SelectMany(s => Registered(s, at))], at, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    private static async Task RecordAsync(IStoreSession session, SourceId source, Signal[] signals, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (signals.Length > 0) await session.Signals.RecordAsync(source, signals, null, at, cancellationToken);
    }

    private Supplier Supplier(int number)
    {
        var identifiers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (number % 2 == 0) identifiers["cik"] = number.ToString("0000000000", CultureInfo.InvariantCulture);
        if (number % 3 == 0) identifiers["companies_house"] = number.ToString("00000000", CultureInfo.InvariantCulture);
        return new Supplier
        {
            Id = new SupplierId(FormattableString.Invariant($"S-{number:00000}")),
            Name = FormattableString.Invariant($"Supplier {number} Ltd"),
            Country = (string[])["DE", "GB", "US", "FR"] is var countries ? countries[number % 4] : "",
            Tier = 1 + (number % 4),
            Criticality = number % 10 == 0 ? "critical" : "medium",
            Owner = number % 25 == 0 ? "" : FormattableString.Invariant($"buyer{number % 20:00}@example.org"),
            Identifiers = identifiers.ToImmutable(),
        };
    }

    private Signal[] Deliveries(Supplier supplier, ref double level, DateTimeOffset at)
    {
        // Drifts, and is drawn back to 95 %.
        level = Math.Clamp(level + (0.1 * (0.95 - level)) + (0.04 * (Next() - 0.5)), 0.5, 1);
        return
        [
            Metric(supplier, Kpi, "otd", Math.Round(level, 3), at), Metric(supplier, Kpi, "otif", Math.Round(level - 0.02, 3), at),
            Metric(supplier, Kpi, "defect_ppm", Math.Round(900 * Next() * Next()), at), Metric(supplier, Kpi, "uptime", Math.Round(1 - (0.008 * Next()), 4), at),
        ];
    }

    private Signal[] Statements(Supplier supplier, ref double level, DateTimeOffset at)
    {
        level = Math.Max(-1, level + (0.8 * (Next() - 0.5)));
        return
        [
            Metric(supplier, Edgar, "altman_z2", Math.Round(level, 2), at), Metric(supplier, Edgar, "current_ratio", Math.Round(0.6 + (level / 2), 2), at),
            Metric(supplier, Edgar, "leverage", Math.Round(Math.Clamp(1.1 - (level / 5), 0, 2), 2), at), Metric(supplier, Edgar, "interest_cover", Math.Round(3 * level, 1), at),
        ];
    }

    private Signal[] Events(Supplier[] portfolio, int day, DateTimeOffset at) =>
    [
        .. portfolio.Where(s => s.Identifier("cik").Length > 0 && Next() < 0.004)
            .Select(s => Event(s, Edgar, (string[])["late_filing", "auditor_change", "impairment", "cyber_incident", "restatement"] is var kinds ? kinds[(int)(kinds.Length * Next())] : "", day, at)),
    ];

    private Signal[] Vulnerabilities(Supplier[] portfolio, int day, DateTimeOffset at) => [.. portfolio.Where(_ => Next() < 0.003).Select(s => Event(s, Kev, "known_exploited", day, at))];

    private static Signal[] Registered(Supplier supplier, DateTimeOffset at) =>
    [
        Fact(supplier, "registry_status", FactValue.Of("active"), at), Fact(supplier, "accounts_overdue", FactValue.Of(false), at), Fact(supplier, "confirmation_overdue", FactValue.Of(false), at),
    ];

    private EventSignal Event(Supplier supplier, SourceId source, string feed, int day, DateTimeOffset at) => new()
    {
        Supplier = supplier.Id, Source = source, Name = feed, OccurredAt = at.AddDays(-2), ObservedAt = at, Evidence = Evidence(source, at),
        Id = FormattableString.Invariant($"{feed}-{day}-{supplier.Id}"), Type = feed, Title = feed.Replace('_', ' '), Severity = 2 + (int)(3 * Next()),
    };

    private static MetricSignal Metric(Supplier supplier, SourceId source, string name, double value, DateTimeOffset at) => new()
    {
        Supplier = supplier.Id, Source = source, Name = name, OccurredAt = at.AddDays(-1), ObservedAt = at, Evidence = Evidence(source, at), Value = value,
    };

    private static FactSignal Fact(Supplier supplier, string name, FactValue value, DateTimeOffset at) => new()
    {
        Supplier = supplier.Id, Source = Register, Name = name, OccurredAt = at.AddDays(-30), ObservedAt = at, Evidence = Evidence(Register, at), Value = value,
    };

    private static Evidence Evidence(SourceId source, DateTimeOffset at) => new($"https://{source}.example/", "made up", "", at);

    /// <summary>0 to 1; xorshift, so that no runtime's own generator matters.</summary>
    private double Next()
    {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random / (double)uint.MaxValue;
    }
}
