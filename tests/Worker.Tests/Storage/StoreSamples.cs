using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Storage;

/// <summary>Small, complete values to store.</summary>
internal static class StoreSamples
{
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    public static readonly SourceId Kev = new("cisa-kev");
    public static readonly SourceId Kpi = new("kpi-file");
    public static readonly SupplierId A = new("A"), B = new("B"), C = new("C");

    public static DateTimeOffset Day(double days) => T0.AddDays(days);

    public static Supplier Supplier(SupplierId id, string name = "Acme GmbH") => new()
    {
        Id = id,
        Name = name,
        Aliases = ["Acme", "Äcme"],
        Country = "DE",
        Tier = 1,
        AnnualSpend = 1250.50m,
        Currency = "EUR",
        Identifiers = Texts(("lei", "529900T8BM49AURSDO55"), ("cik", "0000320193")),
        Products = ["router"],
        Contract = new Contract { Id = "C-1", End = Day(100), NoticeDays = 30, AutoRenew = true, SlaUptime = 0.999 },
        Attributes = Texts(("plant", "Ulm"), ("Åland", "x")),
    };

    public static SupplierChanges Changed(params ReadOnlySpan<Supplier> suppliers) => new([], [.. suppliers], []);

    public static SupplierChanges Added(params ReadOnlySpan<Supplier> suppliers) => new([.. suppliers], [], []);

    public static ImmutableSortedDictionary<string, string> Texts(params ReadOnlySpan<(string Key, string Value)> texts)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in texts) builder.Add(key, value);
        return builder.ToImmutable();
    }

    public static Evidence Evidence(DateTimeOffset fetchedAt, string excerpt = "as published", string snapshot = "") =>
        new("https://example.org/x", excerpt, new string('a', 64), fetchedAt, snapshot);

    public static EventSignal Event(SupplierId supplier, string id, DateTimeOffset at, string title = "CVE-1 exploited", string snapshot = "") => new()
    {
        Supplier = supplier, Source = Kev, Name = "known_exploited", OccurredAt = T0.AddDays(-3), ObservedAt = at, Evidence = Evidence(at, snapshot: snapshot),
        Id = id, Type = "kev", Title = title, Severity = 4, Amount = 2.5, Stage = "open", Story = "s-1", Due = Day(20),
    };

    public static MetricSignal Metric(SupplierId supplier, double value, DateTimeOffset period, DateTimeOffset at) => new()
    {
        Supplier = supplier, Source = Kpi, Name = "otd", OccurredAt = period, ObservedAt = at, Evidence = Evidence(at), Value = value,
    };

    public static FactSignal Fact(SupplierId supplier, string name, FactValue value, DateTimeOffset at) => new()
    {
        Supplier = supplier, Source = Kpi, Name = name, OccurredAt = T0, ObservedAt = at, Evidence = Evidence(at), Value = value,
    };

    public static EvaluationResult Result(SupplierId supplier, DateTimeOffset asOf, decimal score, Band band = Band.Elevated, DateTimeOffset? nextDueAt = null) => new(
        new Assessment
        {
            Supplier = supplier,
            AsOf = asOf,
            RuleSetHash = new string('b', 64),
            Score = score,
            Band = band,
            Coverage = 0.75m,
            Confidence = 0.5000m,
            Categories = [new CategoryScore("financial", score, score, 1m)],
            Findings =
            [
                new Finding
                {
                    Rule = "late-filing", Title = "Late filing", Key = "", Category = "financial", Severity = Severity.High, State = FindingState.Firing, Points = score,
                    Message = "The annual report is 12 days late", Since = T0, Evidence = [new FindingEvidence("events.late_filing", Kev, T0, T0, "https://example.org/f", "NT 10-K")],
                },
            ],
            Contributions = [new Contribution("finding", "financial", "late-filing", score, score)],
            Missing = ["metrics.otd: absent"],
            NextDueAt = nextDueAt,
        },
        new SupplierState(band, score,
        [
            new RuleState
            {
                Rule = "late-filing", Key = "", RuleVersion = 2, State = FindingState.Firing, Since = T0, Held = TimeSpan.FromHours(36.5), CountedAt = T0, Readings = [T0, Day(1)],
                LastPoints = score, Severity = Severity.High, Alert = Alert("E1", supplier, T0),
            },
        ]),
        []);

    public static Alert Alert(string episode, SupplierId supplier, DateTimeOffset startsAt) => new()
    {
        EpisodeId = episode, Supplier = supplier, Rule = "late-filing", Kind = AlertKind.Risk, Severity = Severity.High, Labels = Texts(("rule", "late-filing"), ("supplier", supplier.Value)),
        Title = "Late filing", Message = "The annual report is 12 days late", StartsAt = startsAt, ScoreBefore = 10m, BandBefore = Band.Low, ScoreAfter = 42.50m, BandAfter = Band.Elevated,
        Evidence = [new FindingEvidence("events.late_filing", Kev, T0, T0, "https://example.org/f", "NT 10-K")],
    };

    public static AlertGroupState Group(string key, DateTimeOffset? nextFlushAt) => new(
        key, "procurement", "0/1", Texts(("supplier", "A")), "thread-1", nextFlushAt, null, [], []);

    public static Delivery Delivery(string id, DateTimeOffset at, string recipient = "ops@example.org") => new(
        id, "n-1", "g-1", "procurement", "email", 0, recipient, "Late filing: Acme", [1, 2, 3], at, DeliveryState.Pending, 0, at, null, "", "", ["E1", "E2"]);

    public static Snapshot Snapshot(string sha256, DateTimeOffset fetchedAt, long rows = 1200) => new(
        Kev, "kev.json", "https://example.org/kev.json", sha256, "/data/" + sha256, 99, rows, Day(-1), fetchedAt, "\"e1\"", "");
}
