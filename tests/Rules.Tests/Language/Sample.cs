using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>A small world for expressions: metrics with a history, events, certificates.</summary>
internal sealed class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 1, 15, 6, 0, 0, TimeSpan.Zero);

    private static readonly CelObjectType Metrics = new("Metrics",
    [
        new CelField("otd", CelType.Double, 0, 1, "ratio"),
        new CelField("defect_ppm", CelType.Double, 0, 1e6, "ppm"),
        new CelField("critical_vulns", CelType.Int, 0, 10000),
        new CelField("lost", CelType.Double, 0, 100),
        new CelField("gone", CelType.Double, 0, 100),
    ]);

    private static readonly CelObjectType Event = new("Event", [new CelField("id", CelType.Text), new CelField("severity", CelType.Int), new CelField("at", CelType.Timestamp), new CelField("amount", CelType.Double)]);

    private static readonly CelObjectType Events = new("Events", [new CelField("fresh", CelType.List(CelType.Object("Event"))), new CelField("stale", CelType.List(CelType.Object("Event"))), new CelField("empty", CelType.List(CelType.Object("Event")))]);

    private static readonly CelObjectType Supplier = new("Supplier", [new CelField("name", CelType.Text), new CelField("country", CelType.Text), new CelField("tier", CelType.Int), new CelField("tags", CelType.List(CelType.Text))]);

    public static readonly CelEnvironment Environment = CelEnvironment.Create(
        CelMode.Rules,
        [
            new CelVariable("metrics", CelType.Object("Metrics")), new CelVariable("events", CelType.Object("Events")), new CelVariable("supplier", CelType.Object("Supplier")),
            new CelVariable("certs", CelType.Map(CelType.Text, CelType.Object("Event"))), new CelVariable("embargoed", CelType.List(CelType.Text)),
        ],
        [Metrics, Event, Events, Supplier],
        CelRuleLibrary.Functions("Metrics", TimeZoneInfo.Utc));

    public static CelFrame Frame(string name = "Nord Steel", CelEnvironment? environment = null)
    {
        var frame = new CelFrame(environment ?? Environment) { Now = Now };
        frame[0] = CelValue.Object(new MetricsObject());
        frame[1] = CelValue.Object(new Record(Feed(null, 2, 4), Feed("events.stale: stale", 2, 4), CelValue.List()));
        frame[2] = CelValue.Object(new Record(CelValue.Text(name), CelValue.Text("DE"), CelValue.Of(1), CelValue.Texts(["a", "b"])));
        frame[3] = CelValue.Map(new CelMap([KeyValuePair.Create(CelValue.Text("iso"), Happening(1))], "certs: stale"));
        frame[4] = CelValue.Texts(["BY", "CU", "IR", "KP", "RU", "SY", "XA", "XB", "XC"]);
        return frame;
    }

    public static CelExpression Compile(string text, CelType? expected = null)
    {
        var bag = new DiagnosticBag();
        CelExpression? expression = CelCompiler.Compile(text, Environment, expected, bag);
        Assert.True(expression is not null, string.Join("\n", bag.Sorted().Select(d => d.Format())));
        return expression;
    }

    public static CelValue Evaluate(string text) => Compile(text).Evaluate(Frame());

    /// <summary>All messages about a text, formatted.</summary>
    public static string Problems(string text, CelType? expected = null)
    {
        var bag = new DiagnosticBag();
        CelCompiler.Compile(text, Environment, expected, bag);
        return string.Join("\n", bag.Sorted().Select(d => d.Format()));
    }

    private static CelValue Feed(string? open, params int[] severities) => CelValue.List(new CelList([.. severities.Select(Happening)], open));

    private static CelValue Happening(int severity) =>
        CelValue.Object(new Record(CelValue.Text($"E{severity}"), CelValue.Of(severity), CelValue.Timestamp(Now.AddDays(-10 * severity)), CelValue.Missing($"events.amount: absent")));

    private class Record(params CelValue[] fields) : ICelObject
    {
        public CelValue Get(int slot) => fields[slot];

        public bool? Has(int slot) => !fields[slot].IsMissing;
    }

    private sealed class MetricsObject() : Record(
        CelValue.OfDouble(0.86), CelValue.OfDouble(200), CelValue.Of(3), CelValue.Missing("metrics.lost: stale"), CelValue.Missing("metrics.gone: absent")), ICelSeries
    {
        public CelValue Was(int slot, TimeSpan back) => back.TotalDays > 100 ? CelValue.Missing("metrics.otd: no reading") : CelValue.OfDouble(0.9);

        public CelValue Change(int slot, TimeSpan back) => CelValue.OfDouble(Get(slot).AsDouble - 0.9);

        public CelValue PercentChange(int slot, TimeSpan back) => CelValue.OfDouble((Get(slot).AsDouble / 0.9) - 1);

        public CelValue Average(int slot, TimeSpan window) => CelValue.OfDouble(0.88);

        public CelValue Lowest(int slot, TimeSpan window) => CelValue.OfDouble(0.8);

        public CelValue Highest(int slot, TimeSpan window) => CelValue.OfDouble(0.95);

        public CelValue Readings(int slot, TimeSpan window) => CelValue.Of((long)window.TotalDays / 30);

        public CelValue Age(int slot) => CelValue.Duration(TimeSpan.FromDays(5));

        public CelValue Last(int slot) => slot == 3 ? CelValue.OfDouble(7) : Get(slot);
    }
}
