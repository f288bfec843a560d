using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Worker.Cli;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.Cli;

/// <summary>The manual of the rules, and the scale that the default pack keeps to.</summary>
public sealed class RuleMarkdownTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "DefaultRules");

    private static RuleSet Load(string overlay = "")
    {
        var diagnostics = new DiagnosticBag();
        List<Document> files = [.. Directory.GetFiles(Folder, "*.yaml").Order(StringComparer.Ordinal).Select(path => YamlReader.ReadFile(path, Path.GetFileName(path), diagnostics))];
        if (overlay.Length > 0) files.Add(YamlReader.Read(overlay, "overlay.yaml", diagnostics));
        var sources = SourceCatalog.Discover();
        Catalog catalog = sources.ForRules(sources.Modules.Select(m => m.Manifest.Id), [], WorkspaceCatalog.Empty, everySource: true);
        RuleSet? set = RuleSetLoader.Load(files, catalog, diagnostics);
        Assert.True(set is not null, string.Join("\n", diagnostics.Sorted()));
        return set;
    }

    [Fact]
    public void Render_DefaultPack_IsTheManualInDocs() => Assert.True(
        File.ReadAllText(Path.Combine(Folder, "default-pack.md")) == RuleMarkdown.Render(Load()),
        "docs/default-pack.md is out of date; write it anew: risk init --workspace pack-check && risk rules docs --workspace pack-check --out docs/default-pack.md");

    [Fact]
    public void Render_Overlay_ShowsWhatIsInForce()
    {
        string text = RuleMarkdown.Render(Load("""
            schema: overlay/1
            pack: core
            limits:
              otd_min: {default: 0.81, reason: frame contract, by: r.lind}
            rules:
              FIN-IMP-001: {enabled: false, reason: noise, by: r.lind}
              OPS-CST-001: {severity: high, points: 21, reason: audit, by: r.lind}
            """));
        Assert.Contains("- limit `otd_min` = 0.81 (ratio)", text, StringComparison.Ordinal);
        Assert.Contains("Switched off: FIN-IMP-001.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("### FIN-IMP-001", text, StringComparison.Ordinal);
        Assert.Contains("| Invoiced above the agreed price | high | 21 | kpi-file |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_EveryRule_HasItsSectionAndALinkToIt()
    {
        RuleSet set = Load();
        string text = RuleMarkdown.Render(set);
        foreach (Rule rule in set.Rules)
        {
            Assert.Contains($"\n### {rule.Id}: {rule.Title}\n", text, StringComparison.Ordinal);
            Assert.Contains($"| [{rule.Id}](#{rule.Id.ToLowerInvariant()}-", text, StringComparison.Ordinal);
        }

        Assert.Contains("(#con-lia-001-liability-cap-below-a-years-spend)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NamesBehindNames_AreFollowed()
    {
        var sheet = RuleSheet.Of(Load().Find("OPS-OTD-001")!);
        Assert.Equal(["key"], sheet.Vars.Select(v => v.Name));
        LimitSheet limit = Assert.Single(sheet.Limits);
        Assert.Equal(("0.92", "ratio", "0.5 to 1"), (limit.Default, limit.Unit, limit.Range));
        Assert.Equal("0.95 when supplier.tier == 1", Assert.Single(limit.Overrides));

        // The var that a limit's override names, and the list that a var names.
        Assert.Equal(["critical"], RuleSheet.Of(Load().Find("FIN-LIQ-001")!).Vars.Select(v => v.Name));
        var gate = RuleSheet.Of(Load().Find("CNC-SGL-002")!);
        Assert.Equal(["insolvent"], gate.Vars.Select(v => v.Name));
        Assert.Equal(["""["emerged", "concluded", "dismissed", "withdrawn", "long-open"]""", """["members-voluntary-liquidation"]"""], gate.Lists.Select(l => l.Value));
    }

    /// <summary>The scale of docs/rules.md: the gravest severity a rule can have bounds its points, and only what stops business is a gate.</summary>
    [Fact]
    public void DefaultPack_SeverityAndPoints_Agree()
    {
        var most = new Dictionary<Severity, decimal> { [Severity.Info] = 20, [Severity.Warning] = 30, [Severity.High] = 60, [Severity.Critical] = 100 };
        foreach (RuleSheet sheet in Load().Rules.Select(RuleSheet.Of))
        {
            Severity gravest = sheet.Severities.Select(s => s.Severity).Append(sheet.Rule.Severity).Max();
            Assert.True(sheet.MostPoints <= most[gravest], $"{sheet.Rule.Id}: {sheet.MostPoints} points for {gravest}");
            if (sheet.Rule.Floor is not null) Assert.True(sheet is { Rule.Severity: Severity.Critical, MostPoints: 100 }, sheet.Rule.Id);
        }
    }

    [Fact]
    public void DefaultPack_EveryLimit_SaysWhereItComesFrom() =>
        Assert.All(Load().Rules.Select(RuleSheet.Of).SelectMany(s => s.Limits), limit => Assert.True(limit.About.Length > 0 && limit.Range.Length > 0, limit.Name));
}
