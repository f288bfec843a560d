using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.RulePacks;
using Risk.Rules.RuleTesting;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>Rules over groups of suppliers (<c>scope: {group_by: …}</c>), as their rule tests see them.</summary>
public sealed class GroupRuleTests
{
    private const string Pack = """
        schema: rules/1
        pack: p
        owner: buying
        limits: {share: {default: 0.5, unit: ratio}}
        rules:
          - id: G-1
            title: Too much in one country
            category: operational
            severity: warning
            severity_when: [{when: group.share > 0.8, severity: high}]
            scope: {group_by: supplier.country}
            when: group.share > limit.share && group.count >= 2
            clear: group.share < limit.share - 0.1
            for: 2d
            keep_firing_for: 1d
            message: "{percent(group.share, 0)} of spend is in {group.key} ({group.count}): {evidence}"
            exceptions: [{id: EX-1, match: 'group.key == "CZ"', reason: r, approved_by: a, expires: 2026-06-30}]
          - id: G-2
            title: Tier 1 in one country
            category: operational
            severity: info
            applies_to: supplier.tier == 1
            scope: {group_by: supplier.country}
            when: group.tier1_share > 0.6
            on_unknown: {alert_after: 5d, severity: high}
            message: "{group.key} {fixed(group.tier1_spend, 0)} of {fixed(group.spend, 0)}"
        """;

    private const string Others = "portfolio: [{supplier: {id: S-2, country: DE, tier: 2, annual_spend: 300}}, {supplier: {id: S-3, country: FR, tier: 1, annual_spend: 100}}, {supplier: {id: S-4, annual_spend: 100, tier: 2}}]";

    [Theory]
    // S-1 and S-2 have 600 of 800; S-4 is in no group and counts in the whole. Of tier 1, S-1 has 300 of 400.
    [InlineData("supplier: {country: DE, tier: 1, annual_spend: 300}", "pending: [G-1], firing: {G-2: {key: DE, message: 'DE 300 of 300'}}, alerts: [{rule: G-2, kind: risk, key: DE}]")]
    // A group of one: the condition wants two.
    [InlineData("supplier: {country: CZ, tier: 2, annual_spend: 3000}", "not_firing: [G-1], firing: {G-2: {key: FR}}")]
    // The spend of one member is missing: what needs it is unknown, naming the figure; what does not is known.
    [InlineData("supplier: {country: DE, tier: 2}", "unknown: {G-1: [group.share]}, firing: {G-2: {key: FR}}")]
    [InlineData("supplier: {country: DE, tier: 1}", "unknown: {G-1: [group.share], G-2: [group.tier1_share]}, not_firing: [G-2]")]
    // Spends in two currencies cannot be added.
    [InlineData("supplier: {country: DE, tier: 2, annual_spend: 1, currency: USD}, portfolio: [{supplier: {id: S-2, country: DE, annual_spend: 1, currency: EUR}}]", "unknown: {G-1: [group.share]}")]
    // Nobody is in tier 1, so nobody has a share of it.
    [InlineData("supplier: {country: DE, tier: 2, annual_spend: 1}, portfolio: []", "firing: [], unknown: []")]
    public void Groups_OfAPortfolio_HaveTheirFigures(string given, string expect) => Passes(given.Contains("portfolio", StringComparison.Ordinal) ? given : $"{given}, {Others}", $"expect: {{{expect}}}");

    [Fact]
    public void Groups_WithoutAPortfolio_AreNotAsked() => Passes("supplier: {country: DE, tier: 1, annual_spend: 300}", "expect: {firing: [], pending: [], unknown: []}");

    [Fact]
    public void Groups_OverTime_LiveAsOtherRulesDo() => Passes(
        $"supplier: {{country: DE, tier: 2, annual_spend: 300}}, {Others}",
        """
            steps:
              - {at: 0d, expect: {pending: [G-1]}}
              - {at: 2d, expect: {firing: {G-1: {key: DE, severity: warning, message: "75 % of spend is in DE (2): S-1 300, S-2 300"}}}}
              - {at: 3d, supplier: {annual_spend: 3000}, expect: {firing: {G-1: {severity: high}}}}
              - {at: 4d, supplier: {annual_spend: 50}, expect: {firing: [G-1]}}            # 64 %: not above, not clear
              - {at: 5d, portfolio: [{supplier: {id: S-2, country: DE, annual_spend: 50}}, {supplier: {id: S-3, country: FR, annual_spend: 400}}], expect: {firing: [G-1]}}
              - {at: 6d, expect: {not_firing: [G-1]}}                                      # clear for a day
        """);

    [Fact]
    public void Groups_ThatVanish_End() => Passes(
        $"supplier: {{country: DE, tier: 1, annual_spend: 300}}, {Others}",
        """
            steps:
              - {at: 0d, expect: {firing: {G-2: {key: DE}}, alerts: [{rule: G-2, key: DE}]}}
              - {at: 1d, supplier: {country: AT}, portfolio: [], expect: {firing: {G-2: {key: AT}}, not_firing: [G-1], alerts: [{rule: G-2, key: AT}]}}
        """);

    [Fact]
    public void Groups_LongUnknown_TellWhoLooksAfterTheData() => Passes(
        "supplier: {country: DE, tier: 1}, portfolio: []",
        """
            steps:
              - {at: 0d, expect: {unknown: {G-2: [group.tier1_share]}, alerts: []}}
              - {at: 5d, expect: {alerts: [{rule: G-2, kind: no_data, severity: high, key: DE}]}}
              - {at: 6d, supplier: {annual_spend: 5}, expect: {firing: [G-2], alerts: [{rule: G-2, kind: risk, key: DE}]}}
        """);

    [Fact]
    public void Groups_WithAnException_AreHiddenUntilItEnds() => Passes(
        "supplier: {country: CZ, tier: 2, annual_spend: 900}, portfolio: [{supplier: {id: S-2, country: CZ, annual_spend: 100}}]",
        """
            steps:
              - {at: 0d, expect: {pending: [G-1]}}
              - {at: 3d, expect: {suppressed: {G-1: EX-1}, alerts: []}}
              - {at: 121d, expect: {firing: [G-1], suppressed: {}, alerts: [{rule: G-1, key: CZ, severity: high}]}}
        """);

    [Fact]
    public void Groups_WithASpendMetric_ReadIt()
    {
        const string catalog = "schema: catalog/1\nmetrics:\n  spend_12m: {type: double, range: [0, 1e12], max_age: 40d, unit: EUR, source: erp}\n";
        Passes(
            "supplier: {country: DE, tier: 1, annual_spend: 1}, metrics: {spend_12m: 900.0}, portfolio: [{supplier: {id: S-2, country: FR, tier: 1, annual_spend: 9}, metrics: {spend_12m: 100.0}}]",
            """
                steps:
                  - {at: 0d, expect: {firing: {G-2: {key: DE, message: "DE 900 of 900"}}}}
                  - {at: 40d, expect: {firing: [G-2]}}
                  - {at: 41d, expect: {unknown: {G-2: [group.tier1_share]}, firing: [G-2]}}      # silence is no improvement
            """, catalog);
    }

    [Fact]
    public void Portfolio_SupplierWithoutAnId_IsAnError()
    {
        var found = new DiagnosticBag();
        Run("tests: [{name: t, given: {portfolio: [{supplier: {country: DE}}]}, expect: {}}]", "", found);
        Assert.Contains("needs an id of its own", Assert.Single(found.Sorted()).Message, StringComparison.Ordinal);
    }

    private static void Passes(string given, string test, string catalog = "")
    {
        var found = new DiagnosticBag();
        RuleTestReport report = Run($"tests:\n  - name: t\n    given: {{{given}}}\n    {test.TrimStart()}", catalog, found);
        Assert.Empty(found.Sorted().Select(d => d.Format()));
        Assert.Empty(report.Results.Single().Failures.Select(f => f.ToString()));
    }

    private static RuleTestReport Run(string tests, string catalog, DiagnosticBag found)
    {
        SourceCatalog sources = SourceCatalog.Discover();
        WorkspaceCatalog own = catalog.Length == 0 ? WorkspaceCatalog.Empty : CatalogReader.Read(YamlReader.Read(catalog, "catalog.yaml", found), sources.Names(), found);
        RuleSet set = RuleSetLoader.Load(
            [YamlReader.Read(Pack, "p.yaml", found), YamlReader.Read(RuleSetLoaderTests.Scoring, "s.yaml", found)], sources.ForRules(sources.Names().Sources, [], own, everySource: true), found)!;
        return RuleTestRunner.Run(set, [YamlReader.Read("schema: tests/1\nnow: 2026-03-02T06:00:00Z\n" + tests + "\n", "t.yaml", found)], found);
    }
}
