using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Signals;
using Risk.Worker.Replay;
using Risk.Worker.Storage;
using Risk.Worker.Tests.RuleFiles;
using static Risk.Worker.Tests.Replay.ReplaySamples;

namespace Risk.Worker.Tests.Replay;

public sealed class DossierTimelineTests
{
    /// <summary>Steps must say what one build of everything known then says; whatever comes, is revised, is taken back, lies in the future or is out of range.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void At_OfRandomHistories_IsWhatTheBuilderMakesOfAllThatWasKnown(int seed)
    {
        var random = new Random(seed);
        Catalog catalog = StandardCatalog.Create("gleif");
        Signal[] signals = [.. Enumerable.Range(0, 400).Select(_ => AnySignal(random)).OrderBy(s => s.ObservedAt)];
        SourceCheck[] own = Checks(random, "sec-edgar", "companies-house"), whole = Checks(random, "kpi-file", "cisa-kev", "ofac-sdn");
        SupplierVersion[] versions =
        [
            new(Supplier(), T0, Day(20), T0),
            new(Supplier("bob@buyer.example"), Day(20), Day(40), T0),
            new(Supplier() with { Name = "Other", Identifiers = Storage.StoreSamples.Texts(("cik", "0000000001"), ("companies_house", "00000001")) }, Day(40), null, Day(40)),
        ];
        var timeline = new DossierTimeline(catalog, new SupplierHistory(Acme, [.. versions], [.. signals], [.. own]), [.. whole]);
        foreach (double day in Enumerable.Range(0, 120).Select(_ => 60 * random.NextDouble()).Order())
        {
            DateTimeOffset at = Day(day);
            SupplierVersion version = versions.Last(v => v.From <= at);
            Dossier expected = DossierBuilder.Build(
                catalog, version.Supplier, signals.Where(s => s.ObservedAt <= at),
                own.Where(c => c.At <= at).Concat(whole.Where(c => c.At <= at && c.At >= version.IdentitySince)).GroupBy(c => c.Source).ToDictionary(g => g.Key, g => g.Max(c => c.At)), at);

            Assert.Same(version, timeline.VersionAt(at));
            Dossier actual = timeline.At(version, at);

            Assert.Equal(Text(expected), Text(actual));
        }
    }

    [Fact]
    public void VersionAt_BeforeBetweenAndAfter_IsNone()
    {
        SupplierVersion first = new(Supplier(), Day(1), Day(2), Day(1)), again = new(Supplier(), Day(4), Day(5), Day(4));
        var timeline = new DossierTimeline(StandardCatalog.Create(), new SupplierHistory(Acme, [first, again], [], []), []);
        Assert.Equal(
            [null, first, first, null, null, again, null],
            ((double[])[0.9, 1, 1.9, 2, 3, 4, 5]).Select(day => timeline.VersionAt(Day(day))));
    }

    /// <summary>Every slot on a line; records write all they hold.</summary>
    private static IEnumerable<string> Text(Dossier dossier) =>
    [
        $"{dossier.Supplier} {dossier.AsOf:O}", .. dossier.Metrics.Select(m => string.Join(", ", m)), .. dossier.InvalidMetrics.Select(m => $"{m}"), .. dossier.Facts.Select(f => f.ToString()),
        .. dossier.Feeds.Select(f => $"{f.Freshness} {f.CheckedAt:O} {string.Join(", ", f.Events)}"),
    ];

    private static Signal AnySignal(Random random)
    {
        // Few names, few keys and a coarse clock, so that revisions, ties and corrections are frequent.
        DateTimeOffset observed = Day(random.Next(0, 120) / 2.0), occurred = Day(random.Next(-40, 80));
        bool withdrawn = random.Next(6) == 0;
        string[] sources = ["kpi-file", "sec-edgar", "gleif", "cisa-kev"];
        var source = new SourceId(sources[random.Next(sources.Length)]);
        var evidence = new Evidence("https://example.org/", "", "", observed);
        return random.Next(3) switch
        {
            0 => new MetricSignal
            {
                Supplier = Acme, Source = source, Name = ((string[])["otd", "uptime", "nothing-of-the-catalog"])[random.Next(3)], OccurredAt = occurred, ObservedAt = observed, Evidence = evidence,
                Value = random.Next(8) switch { 0 => 7, 1 => double.NaN, _ => random.NextDouble() }, Withdrawn = withdrawn,
            },
            1 => new FactSignal
            {
                Supplier = Acme, Source = source, Name = ((string[])["registry_status", "lei_status"])[random.Next(2)], OccurredAt = occurred, ObservedAt = observed, Evidence = evidence,
                Value = FactValue.Of("state " + random.Next(5)), Withdrawn = withdrawn,
            },
            _ => new EventSignal
            {
                Supplier = Acme, Source = source, Name = ((string[])["known_exploited", "insolvency"])[random.Next(2)], OccurredAt = occurred, ObservedAt = observed, Evidence = evidence,
                Id = "e" + random.Next(12), Type = "t", Title = "t" + random.Next(100), Severity = 1 + random.Next(5), Withdrawn = withdrawn,
            },
        };
    }

    private static SourceCheck[] Checks(Random random, params string[] sources) =>
        [.. Enumerable.Range(0, 60).Select(_ => new SourceCheck(new SourceId(sources[random.Next(sources.Length)]), Day(60 * random.NextDouble()))).OrderBy(c => c.At)];
}
