using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.Signals;

namespace Risk.Rules.RulePacks;

/// <summary>Frame slots of the variables that every rule has.</summary>
internal sealed record RuleSlots(int Supplier, int Metrics, int Facts, int Events, int Contract, int Limit, int Lists, int Vars, int Coverage, int Certificates);

/// <summary>Declares to the expression language what RULES.md 4.3 lets rules name, from the catalog and a pack's own names.</summary>
internal static class RuleEnvironment
{
    public const string Metrics = "Metrics";
    public const string Event = "Event";

    /// <summary>Slots of <see cref="SupplierFields"/>, in order; the portfolio's own columns follow.</summary>
    public static readonly ImmutableArray<CelField> SupplierFields =
    [
        new("id", CelType.Text), new("name", CelType.Text), new("country", CelType.Text), new("category", CelType.Text), new("status", CelType.Text),
        new("criticality", CelType.Text), new("owner", CelType.Text), new("backup_owner", CelType.Text), new("currency", CelType.Text), new("domain", CelType.Text),
        new("lei", CelType.Text), new("cik", CelType.Text), new("duns", CelType.Text), new("vat", CelType.Text), new("companies_house", CelType.Text), new("ticker", CelType.Text),
        new("tier", CelType.Int, 1, 4), new("tags", CelType.List(CelType.Text)), new("aliases", CelType.List(CelType.Text)), new("products", CelType.List(CelType.Text)),
        new("single_source", CelType.Bool), new("annual_spend", CelType.Double, 0),
        new("region", CelType.Text), new("onboarded", CelType.Timestamp), new("processes_personal_data", CelType.Bool), new("status_page", CelType.Text), new("uei", CelType.Text),
    ];

    public static readonly CelObjectType EventType = new(Event,
    [
        new("id", CelType.Text), new("type", CelType.Text), new("source", CelType.Text), new("title", CelType.Text), new("stage", CelType.Text), new("story", CelType.Text),
        new("url", CelType.Text), new("severity", CelType.Int, 1, 5), new("at", CelType.Timestamp), new("amount", CelType.Double), new("due", CelType.Timestamp), new("sources", CelType.Int, 1),
    ]);

    public static readonly CelObjectType ContractType = new("Contract",
    [
        new("id", CelType.Text), new("renewal_decision", CelType.Text), new("end", CelType.Timestamp), new("annual_value", CelType.Double, 0), new("liability_cap", CelType.Double, 0),
        new("sla_uptime", CelType.Double, 0, 1, "ratio"), new("notice_days", CelType.Int, 0), new("auto_renew", CelType.Bool), new("has_dpa", CelType.Bool), new("has_exit_plan", CelType.Bool),
    ]);

    /// <summary>What rules over groups see.</summary>
    public static readonly CelObjectType GroupType = new("Group",
    [
        new("key", CelType.Text), new("count", CelType.Int, 1), new("spend", CelType.Double, 0), new("share", CelType.Double, 0, 1, "ratio"), new("tier1_spend", CelType.Double, 0),
        new("tier1_share", CelType.Double, 0, 1, "ratio"),
    ]);

    private static readonly CelObjectType CertificateType = new("Cert", [new("issued", CelType.Timestamp), new("expires", CelType.Timestamp), new("scope", CelType.Text)]);

    private static readonly CelObjectType CoverageType = new("Coverage", [new("share", CelType.Double, 0, 1, "ratio"), new("missing", CelType.List(CelType.Text))]);

    private static readonly ImmutableArray<CelVariable> Variables =
    [
        new("supplier", CelType.Object("Supplier")), new("metrics", CelType.Object(Metrics)), new("facts", CelType.Object("Facts")), new("events", CelType.Object("Events")),
        new("contract", CelType.Object("Contract")), new("limit", CelType.Object("Limits")), new("lists", CelType.Object("Lists")), new("vars", CelType.Object("Vars")),
        new("coverage", CelType.Object("Coverage")), new(CertificateFeed.Variable, CelType.Map(CelType.Text, CelType.Object("Cert"))),
    ];

    public static readonly RuleSlots Slots = new(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

    /// <param name="listValues">The lists' values.</param>
    /// <param name="limitValues">Of limits without overrides; null for the others.</param>
    public static CelEnvironment Create(
        Catalog catalog, IReadOnlyList<CelField> lists, IReadOnlyList<CelValue> listValues, IReadOnlyList<CelField> vars, IReadOnlyList<CelField> limits, IReadOnlyList<CelValue?> limitValues) => CelEnvironment.Create(
        CelMode.Rules,
        Variables,
        [
            new CelObjectType("Supplier", [.. SupplierFields, .. catalog.SupplierAttributes.Select(name => new CelField(name, CelType.Text))]) { Access = DossierAccess.ForSupplier },
            new CelObjectType(Metrics, [.. catalog.Metrics.Select(m => new CelField(m.Name, m.Type == MetricType.Int ? CelType.Int : CelType.Double, m.Minimum, m.Maximum, m.Unit.Length == 0 ? null : m.Unit))]) { Access = DossierAccess.ForMetrics(catalog) },
            new CelObjectType("Facts", [.. catalog.Facts.Select(f => new CelField(f.Name, TypeOf(f.Type)))]) { Access = DossierAccess.ForFacts(catalog) },
            new CelObjectType("Events", [.. catalog.Feeds.Select(f => new CelField(f.Name, CelType.List(CelType.Object(Event))))]) { Access = DossierAccess.ForEvents },
            EventType with { Access = DossierAccess.ForEvent },
            ContractType with { Access = DossierAccess.ForContract },
            CoverageType with { Access = DossierAccess.ForCoverage },
            CertificateType,
            GroupType,
            new CelObjectType("Lists", [.. lists]) { Access = DossierAccess.ForLists([.. listValues]) },
            new CelObjectType("Vars", [.. vars]) { Access = DossierAccess.ForNames([.. vars], []) },
            new CelObjectType("Limits", [.. limits]) { Access = DossierAccess.ForNames([.. limits], [.. limitValues]) },
        ],
        CelRuleLibrary.Functions(Metrics, TimeZoneInfo.Utc));

    private static CelType TypeOf(FactType type) => type switch
    {
        FactType.Bool => CelType.Bool,
        FactType.Int => CelType.Int,
        FactType.Timestamp => CelType.Timestamp,
        _ => CelType.Text,
    };
}
