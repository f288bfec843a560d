using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Alerts;
using Risk.Rules.RulePacks;
using Risk.Rules.RuleTesting;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>The pack that ships, loaded from its files and run through its own tests.</summary>
public sealed class DefaultPackTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 6, 0, 0, TimeSpan.Zero);

    /// <summary>Decided by the portfolio's row, by what is known to be missing, or by coverage itself; every other rule has a test for missing data.</summary>
    private static readonly string[] NeverUnknown =
    [
        "CNC-EXI-001", "CNC-SGL-001", "CON-DAT-001", "CON-EXP-001", "CON-NON-001", "CON-SGN-001", "DAT-COV-001", "DAT-OWN-001", "FIN-DAT-001", "FIN-FXR-001", "REG-CTY-001", "REG-CTY-002",
    ];

    private static List<Document> Files(DiagnosticBag diagnostics) =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "DefaultRules"), "*.yaml").Order(StringComparer.Ordinal)
            .Select(path => YamlReader.ReadFile(path, "rules/" + Path.GetFileName(path), diagnostics)),
    ];

    private static RuleSet Load(Catalog catalog)
    {
        var diagnostics = new DiagnosticBag();
        RuleSet? set = RuleSetLoader.Load(Files(diagnostics), catalog, diagnostics);
        Assert.True(set is not null, string.Join("\n", diagnostics.Sorted()));
        return set;
    }

    [Fact]
    public void Load_DefaultPack_HasNoProblemAtAll()
    {
        var diagnostics = new DiagnosticBag();
        RuleSet? set = RuleSetLoader.Load(Files(diagnostics), StandardCatalog.Create(), diagnostics);
        Assert.True(diagnostics.Sorted().IsEmpty, string.Join("\n", diagnostics.Sorted()));
        Assert.All(set!.Rules, rule => Assert.True(rule.Next.Length > 0 && rule.Rationale.Length > 0 && rule.Owner.Length > 0, rule.Id));
    }

    [Fact]
    public void OwnTests_All_Pass()
    {
        var diagnostics = new DiagnosticBag();
        List<Document> files = Files(diagnostics);
        RuleSet set = Load(StandardCatalog.Create());
        RuleTestReport report = RuleTestRunner.Run(set, files.Where(f => f.Root?["schema"] is ScalarNode { Text: RuleSetLoader.TestsSchema }), diagnostics);
        Assert.True(diagnostics.Sorted().IsEmpty, string.Join("\n", diagnostics.Sorted()));
        Assert.True(report.Passed, string.Join("\n", report.Results.SelectMany(r => r.Failures.Select(f => $"{r.Name}: {f}"))));
        Assert.True(report.Coverage.All(c => c.Fired && c.StayedSilent), "not tested: " + string.Join(", ", report.Coverage.Where(c => !c.Fired || !c.StayedSilent).Select(c => c.Rule)));
        Assert.Equal(NeverUnknown, report.Coverage.Where(c => !c.WasUnknown).Select(c => c.Rule));
    }

    [Fact]
    public void Load_WithoutASource_MakesItsRulesDormant()
    {
        RuleSet set = Load(StandardCatalog.Create("companies-house"));
        Assert.Equal(["FIN-AUD-002", "FIN-DIR-001", "FIN-DIR-002", "FIN-EWS-002", "REG-ACC-001", "REG-CHG-001", "REG-STR-001", "REG-STR-002"], set.Rules.Where(r => r.IsDormant).Select(r => r.Id));
    }

    [Fact]
    public void Load_WithoutASource_LeavesItsGatesUndecided()
    {
        Catalog catalog = StandardCatalog.Create("events.sanction", "events.insolvency", "facts.registry_status");
        var supplier = new Supplier { Id = new SupplierId("P-1"), Name = "Private Ltd" };
        Dictionary<SourceId, DateTimeOffset> checks = catalog.Sources.Keys.ToDictionary(s => s, _ => At);

        EvaluationResult result = Load(catalog).Evaluate(DossierBuilder.Build(catalog, supplier, [], checks, At), SupplierState.Initial);

        Assert.Equal(Band.InsufficientData, result.Assessment.Band);
        Assert.Contains("events.sanction: no enabled source supplies it", result.Assessment.Missing);
    }

    /// <summary>A key that was removed by mistake once ended every alert of its source: a switched-off source clears nothing.</summary>
    [Fact]
    public void Evaluate_SourceSwitchedOff_KeepsWhatFires()
    {
        Catalog catalog = StandardCatalog.Create(), without = StandardCatalog.Create("events.sanction");
        var supplier = new Supplier { Id = new SupplierId("P-1"), Name = "Private Ltd" };
        Dictionary<SourceId, DateTimeOffset> checks = catalog.Sources.Keys.ToDictionary(s => s, _ => At);
        var hit = new EventSignal
        {
            Supplier = supplier.Id, Source = new SourceId("ofac-sdn"), Name = "sanction", Id = "sdn-1", Type = "ofac-sdn", Title = "On the list", Severity = 5,
            OccurredAt = At, ObservedAt = At, Evidence = new Evidence("https://example.org", "", "", At),
        };
        EvaluationResult before = Load(catalog).Evaluate(DossierBuilder.Build(catalog, supplier, [hit], checks, At), SupplierState.Initial);

        EvaluationResult after = Load(without).Evaluate(DossierBuilder.Build(without, supplier, [hit], checks, At.AddDays(1)), before.State);

        Assert.Contains(before.Transitions, t => t is { Kind: AlertTransitionKind.Opened, Alert.Rule: "REG-SAN-001" });
        Assert.DoesNotContain(after.Transitions, t => t.Kind == AlertTransitionKind.Resolved);
        Assert.Equal((95m, Band.Critical), (after.Assessment.Score, after.Assessment.Band));
    }

    [Fact]
    public void Evaluate_NothingButAName_IsUnknownAndNotGood()
    {
        Catalog catalog = StandardCatalog.Create();
        var supplier = new Supplier { Id = new SupplierId("P-1"), Name = "Private Ltd", Tier = 3 };
        Dictionary<SourceId, DateTimeOffset> checks = catalog.Sources.Keys.ToDictionary(s => s, _ => At);
        EvaluationResult result = Load(catalog).Evaluate(DossierBuilder.Build(catalog, supplier, [], checks, At), SupplierState.Initial);
        Assert.Equal(Band.InsufficientData, result.Assessment.Band);
        Assert.Contains("events.insolvency: no source covers it (needs cik or companies_house)", result.Assessment.Missing);
        Assert.Empty(result.Transitions);
    }
}
