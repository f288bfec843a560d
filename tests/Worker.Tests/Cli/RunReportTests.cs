using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Cli;
using Risk.Worker.Ingestion;

namespace Risk.Worker.Tests.Cli;

public sealed class RunReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Sources_OneReasonForManySuppliers_IsToldOnce()
    {
        string[] told = Told([.. Enumerable.Range(1, 12).Select(i => ($"S{i:00}", "it is about another host")), ("T01", "no domain")]);

        Assert.Equal(["  crtsh S01, S02, S03, S04, S05 and 7 more: it is about another host", "  crtsh T01: no domain"], told);
    }

    [Fact]
    public void Sources_ManyReasons_AreCountedAfterTheFirstFive()
    {
        string[] told = Told([.. Enumerable.Range(1, 7).SelectMany(i => ((string, string)[])[($"S{i}", $"reason {i}"), ($"T{i}", $"reason {i}")])]);

        Assert.Equal(["  crtsh S1, T1: reason 1", "  crtsh S2, T2: reason 2", "  crtsh S3, T3: reason 3", "  crtsh S4, T4: reason 4", "  crtsh S5, T5: reason 5", "  crtsh: and 4 more"], told);
    }

    /// <summary>The lines below the table.</summary>
    private static string[] Told((string Supplier, string Reason)[] failures)
    {
        using var text = new StringWriter();
        var result = new SourceRunResult(new SourceId("crtsh"), Now, Now, null, 0, 0, 0, 0, 0, [.. failures.Select(f => (new SupplierId(f.Supplier), f.Reason))], []);
        RunReport.Sources(new CommandOutput(text, TextWriter.Null, isTerminal: false, json: false), [result]);
        return [.. text.ToString().Split('\n').Select(l => l.TrimEnd()).Where(l => l.StartsWith("  crtsh", StringComparison.Ordinal))];
    }
}
