using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>
/// The names that the default pack rests on, as the connectors' manifests give them. Those of the core pack are written out, each from few sources, so that tests can switch them off; all others are
/// taken from the manifests as they are.
/// </summary>
internal static class StandardCatalog
{
    public static Catalog Create(params string[] disabled)
    {
        TimeSpan statements = TimeSpan.FromDays(550), kpi = TimeSpan.FromDays(40), register = TimeSpan.FromDays(14), week = TimeSpan.FromDays(7);
        (string Name, double Low, double High, TimeSpan Age, string Source)[] metrics =
        [
            ("current_ratio", 0, 100, statements, "sec-edgar"), ("leverage", 0, 10, statements, "sec-edgar"), ("interest_cover", -10000, 10000, statements, "sec-edgar"),
            ("altman_z2", -100, 100, statements, "sec-edgar"), ("otd", 0, 1, kpi, "kpi-file"), ("otif", 0, 1, kpi, "kpi-file"), ("defect_ppm", 0, 1e6, kpi, "kpi-file"),
            ("uptime", 0, 1, kpi, "kpi-file"), ("lead_time_days", 0, 1000, kpi, "kpi-file"), ("lead_time_agreed", 0, 1000, TimeSpan.FromDays(400), "kpi-file"), ("cost_variance", -1, 10, kpi, "kpi-file"),
        ];
        (string Name, FactType Type, string Source)[] facts =
        [
            ("lei_status", FactType.Text, "gleif"), ("lei_entity_status", FactType.Text, "gleif"), ("lei_renewal", FactType.Timestamp, "gleif"), ("lei_direct_parent", FactType.Text, "gleif"),
            ("lei_ultimate_parent", FactType.Text, "gleif"), ("registry_status", FactType.Text, "companies-house"), ("registry_status_detail", FactType.Text, "companies-house"),
            ("accounts_overdue", FactType.Bool, "companies-house"), ("confirmation_overdue", FactType.Bool, "companies-house"), ("charges_outstanding", FactType.Int, "companies-house"),
        ];
        (string Name, TimeSpan Age, string[] Sources)[] feeds =
        [
            ("insolvency", register, ["sec-edgar", "companies-house"]), ("delisting", week, ["sec-edgar"]), ("restatement", week, ["sec-edgar"]), ("auditor_change", week, ["sec-edgar"]),
            ("late_filing", week, ["sec-edgar"]), ("debt_acceleration", week, ["sec-edgar"]), ("impairment", week, ["sec-edgar"]), ("agreement_new", week, ["sec-edgar"]),
            ("agreement_end", week, ["sec-edgar"]), ("officer_change", week, ["sec-edgar"]), ("cyber_incident", week, ["sec-edgar"]), ("charge", register, ["companies-house"]),
            ("known_exploited", week, ["cisa-kev"]), ("sanction", week, ["ofac-sdn"]), ("restriction", week, ["ofac-cons"]), ("debarment", TimeSpan.FromDays(14), ["worldbank-debarred"]), ("contract_deadline", week, ["contracts"]),
            ("certificate", TimeSpan.FromDays(35), ["certificate-file"]),
        ];
        SourceCoverage[] sources =
        [
            new(new("sec-edgar"), "cik"), new(new("gleif"), "lei"), new(new("companies-house"), "companies_house"), new(new("cisa-kev"), null), new(new("ofac-sdn"), null), new(new("ofac-cons"), null), new(new("worldbank-debarred"), null),
            new(new("contracts"), null), new(new("kpi-file"), null), new(new("certificate-file"), null),
        ];
        HashSet<string> written = [.. metrics.Select(m => "metrics." + m.Name), .. facts.Select(f => "facts." + f.Name), .. feeds.Select(f => "events." + f.Name)];
        SourceManifest[] manifests = [.. SourceCatalog.Discover().Modules.Select(m => m.Manifest)];
        KeyValuePair<string, SourceId>[] others = [.. manifests.SelectMany(m => SourceCatalog.Supplies(m).Where(path => !written.Contains(path)).Select(path => KeyValuePair.Create(path, m.Id)))];
        return new Catalog(
            metrics.Select(m => new MetricDefinition(m.Name, MetricType.Double, m.Low, m.High, m.Age, m.High == 1 ? "ratio" : "", ""))
                .Concat(manifests.SelectMany(m => m.Metrics).Where(m => !written.Contains("metrics." + m.Name)).DistinctBy(m => m.Name)),
            facts.Select(f => new FactDefinition(f.Name, f.Type, register, "")).Concat(manifests.SelectMany(m => m.Facts).Where(f => !written.Contains("facts." + f.Name)).DistinctBy(f => f.Name)),
            feeds.Select(f => new FeedDefinition(f.Name, f.Age, "")).Concat(manifests.SelectMany(m => m.Feeds).Where(f => !written.Contains("events." + f.Name)).DistinctBy(f => f.Name)),
            sources.Concat(manifests.Where(m => others.Any(o => o.Value == m.Id) && sources.All(s => s.Source != m.Id)).Select(m => new SourceCoverage(m.Id, m.NeedsIdentifier)))
                .Where(s => !disabled.Contains(s.Source.Value)),
            metrics.Select(m => KeyValuePair.Create("metrics." + m.Name, new SourceId(m.Source)))
                .Concat(facts.Select(f => KeyValuePair.Create("facts." + f.Name, new SourceId(f.Source))))
                .Concat(feeds.SelectMany(f => f.Sources.Select(s => KeyValuePair.Create("events." + f.Name, new SourceId(s)))))
                .Concat(others),
            ["plant"]);
    }
}
