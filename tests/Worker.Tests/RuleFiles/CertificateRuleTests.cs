using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.RulePacks;
using Risk.Rules.RuleTesting;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>Certificates in rules: <c>certs</c> is a map that is open where its source is not fresh (RULES.md 4.4 rule 6).</summary>
public sealed class CertificateRuleTests
{
    private const string Pack = """
        schema: rules/1
        pack: p
        lists:
          required: {cloud: [iso27001, soc2], software: [iso27001]}
        rules:
          - id: C-1
            title: Certificate
            category: operational
            severity: warning
            applies_to: supplier.category != ""
            each: {in: "lists.required[supplier.category]", as: c, key: c}
            when: "!(c in certs) || until(certs[c].expires) < days(60)"
            severity_when: [{when: "!(c in certs)", severity: high}]
            points: 10
            message: "{supplier.name}: {c} {c in certs ? 'ends ' + date(certs[c].expires) : 'is missing'}"
          - id: C-2
            title: Scope
            category: operational
            severity: info
            when: "certs['iso27001'].scope == '' || certs['iso27001'].issued > now"
            message: scope
        """;

    [Theory]
    [InlineData("supplier: {category: cloud}, certs: {iso27001: {issued: 2024-01-01, expires: 2027-01-01, scope: all}}", "firing: {C-1: {key: soc2, severity: high, message: 'Test Supplier: soc2 is missing'}}, not_firing: [C-2]")]
    [InlineData("supplier: {category: software}, certs: {iso27001: {issued: 2024-01-01, expires: 2026-03-31}}", "firing: {C-1: {severity: warning, message: 'Test Supplier: iso27001 ends 2026-03-31'}, C-2: {}}")]
    [InlineData("supplier: {category: software}, certs: {iso27001: {issued: 2024-01-01, expires: 2027-01-01, scope: all}}", "firing: [], unknown: [], coverage: 1")]
    [InlineData("supplier: {category: cloud}, certs: {soc2: {issued: 2024-01-01, expires: 2026-02-01, scope: all}}, feeds: {certificate: 36d}", "firing: {C-1: {key: soc2, severity: warning}}, unknown: {C-1: [certs], C-2: [certs]}")]
    [InlineData("supplier: {category: cloud}, feeds: {certificate: never}", "firing: [], unknown: {C-1: [certs], C-2: [certs]}")]
    [InlineData("supplier: {category: ''}, certs: {iso27001: {issued: 2024-01-01, expires: 2027-01-01, scope: all}}", "firing: [], unknown: []")]
    public void Certs_InRules_AreKnownAsFarAsTheirSourceIs(string given, string expect)
    {
        RuleTestReport report = Run($"tests: [{{name: t, given: {{{given}}}, expect: {{{expect}}}}}]");
        Assert.Empty(report.Results.Single().Failures.Select(f => f.ToString()));
    }

    [Fact]
    public void Certs_CategoryWithoutAList_IsAnErrorThatNamesTheKey()
    {
        RuleTestReport report = Run("tests: [{name: t, given: {supplier: {category: metal}}, expect: {not_firing: [C-1], firing: [C-1]}}]");
        Assert.Contains("no such key: \"metal\"", Assert.Single(report.Results.Single().Failures).Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Certs_NoSourceThatRuns_PutsTheRulesToSleep()
    {
        var found = new DiagnosticBag();
        RuleSet? set = Load(SourceCatalog.Discover().ForRules([], [], WorkspaceCatalog.Empty), found);
        Assert.All(set!.Rules, r => Assert.True(r.IsDormant && r.Inputs.SequenceEqual(["events.certificate"])));
    }

    private static RuleTestReport Run(string tests)
    {
        var found = new DiagnosticBag();
        SourceCatalog sources = SourceCatalog.Discover();
        RuleSet set = Load(sources.ForRules(sources.Names().Sources, [], WorkspaceCatalog.Empty), found)!;
        RuleTestReport report = RuleTestRunner.Run(set, [YamlReader.Read("schema: tests/1\nnow: 2026-03-02T06:00:00Z\n" + tests + "\n", "t.yaml", found)], found);
        Assert.Empty(found.Sorted().Select(d => d.Format()));
        return report;
    }

    private static RuleSet? Load(Catalog catalog, DiagnosticBag found) =>
        RuleSetLoader.Load([YamlReader.Read(Pack, "p.yaml", found), YamlReader.Read(RuleSetLoaderTests.Scoring, "s.yaml", found)], catalog, found);
}
