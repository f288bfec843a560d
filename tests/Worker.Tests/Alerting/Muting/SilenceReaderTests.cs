using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.Alerting.Muting;

public sealed class SilenceReaderTests
{
    private const string Rest = ", starts: 2026-01-10, ends: 2026-02-15T06:00:00Z, author: a, reason: r}";

    private static readonly DateTimeOffset Now = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_GoodFile_GivesEverySetting()
    {
        (Silences? silences, ImmutableArray<Diagnostic> diagnostics) = Read("""
              - id: SIL-2026-004
                matchers: [supplier="SUP-00311", category="operational"]
                starts: 2026-01-10T00:00:00Z
                ends: 2026-02-15
                author: j.novak
                approved_by: a.okafor
                reason: Warehouse moves to Brno
                ticket: OPS-4411
            """);
        Assert.Empty(diagnostics);
        Silence silence = Assert.Single(silences!.All);
        Assert.Equal(("SIL-2026-004", "j.novak", "a.okafor", "Warehouse moves to Brno", "OPS-4411"), (silence.Id, silence.Author, silence.ApprovedBy, silence.Reason, silence.Ticket));

        // A date is the whole day in UTC.
        Assert.Equal((new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 2, 16, 0, 0, 0, TimeSpan.Zero)), (silence.StartsAt, silence.EndsAt));
        ImmutableSortedDictionary<string, string> labels = RoutingSample.Labels(("supplier", "SUP-00311"), ("category", "operational"));
        Assert.Equal([false, true, true, false], new[] { silence.StartsAt.AddTicks(-1), silence.StartsAt, silence.EndsAt.AddTicks(-1), silence.EndsAt }.Select(at => silence.Hides(labels, at)));
        Assert.False(silence.Hides(labels.SetItem("category", "security"), Now));
    }

    [Theory]
    [InlineData("{id: A, matchers: [supplier=\"S\", team!=\"ops\"]" + Rest, "T045")]
    [InlineData("{id: A, matchers: [supplier=\"S\", country!~\"D.\"]" + Rest, "T045")]
    [InlineData("{id: A, matchers: [team!=\"ops\"]" + Rest, "T041")]
    [InlineData("{id: A, matchers: []" + Rest, "T041")]
    [InlineData("{id: A" + Rest, "T003")]
    [InlineData("{id: A, matchers: [sevrity=\"high\"]" + Rest, "T006")]
    [InlineData("{id: A, matchers: [severity=\"hgih\"]" + Rest, "T007")]
    [InlineData("{id: A, matchers: [supplier=\"S\"], starts: 2026-01-10, author: a, reason: r}", "T003")]
    [InlineData("{id: A, matchers: [supplier=\"S\"], starts: 2026-01-10, ends: 2026-02-15, author: a, reason: \" \"}", "T003")]
    [InlineData("{id: A, matchers: [supplier=\"S\"], starts: 2026-01-10, ends: tomorrow, author: a, reason: r}", "T042")]
    [InlineData("{id: A, matchers: [supplier=\"S\"], starts: 2026-02-16, ends: 2026-02-15, author: a, reason: r}", "T042")]
    [InlineData("{id: A, matchers: [supplier=\"S\"], starts: 2026-01-10T00:00:00Z, ends: 2026-04-10T00:00:01Z, author: a, reason: r}", "T043")]
    [InlineData("{id: A, matchers: [supplier=\"S\"], until: 2026-02-20" + Rest, "T002")]
    public void Read_Mistake_IsRefused(string silence, string code)
    {
        (Silences? silences, ImmutableArray<Diagnostic> diagnostics) = Read("  - " + silence);
        Assert.Null(silences);
        Assert.Equal(code, Assert.Single(diagnostics).Code);
    }

    [Theory]
    [InlineData("{id: A, matchers: [supplier=\"S\", team!=\"ops\", team=~\".+\"]" + Rest)]
    [InlineData("{id: A, matchers: [supplier=\"S\", category!=\"regulatory\"]" + Rest)] // Every alert has a category.
    [InlineData("{id: A, matchers: [supplier=\"S\", team!~\"|ops\"]" + Rest)] // Does not hold without the label.
    [InlineData("{id: A, matchers: [supplier=\"S\"], starts: 2026-01-10T00:00:00Z, ends: 2026-04-10T00:00:00Z, author: a, reason: r}")]
    [InlineData("{id: A, matchers: [supplier=\"S\"], starts: 2026-01-10, ends: 2026-12-10, author: a, approved_by: b, reason: r}")]
    public void Read_AllowedEdge_IsTaken(string silence) => Assert.Single(Read("  - " + silence).Silences!.All);

    [Fact]
    public void Read_Expired_IsLeftOutWithAWarning()
    {
        (Silences? silences, ImmutableArray<Diagnostic> diagnostics) = Read("  - {id: OLD, matchers: [supplier=\"S\"], starts: 2026-01-10, ends: 2026-01-31, author: a, reason: r}");
        Assert.Empty(silences!.All);
        Diagnostic warning = Assert.Single(diagnostics);
        Assert.Equal(("T044", DiagnosticSeverity.Warning), (warning.Code, warning.Severity));
        Assert.Contains("'OLD' is over since 2026-02-01 00:00Z", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoOfOneName_IsRefused() =>
        Assert.Equal("T009", Assert.Single(Read($"  - {{id: A, matchers: [supplier=\"S\"]{Rest}\n  - {{id: A, matchers: [supplier=\"T\"]{Rest}").Diagnostics).Code);

    private static (Silences? Silences, ImmutableArray<Diagnostic> Diagnostics) Read(string silences)
    {
        var diagnostics = new DiagnosticBag();
        Document document = YamlReader.Read("schema: silences/1\nsilences:\n" + silences, "silences.yaml", diagnostics);
        Assert.Empty(diagnostics.Sorted());
        return new SilenceReader(RoutingVocabulary.Basic).Read(document, Now);
    }
}
