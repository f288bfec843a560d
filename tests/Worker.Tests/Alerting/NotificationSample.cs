using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting;

/// <summary>Invented suppliers and alerts, as the engine would make them.</summary>
internal static class NotificationSample
{
    public static readonly DateTimeOffset At = new(2026, 3, 2, 6, 15, 0, TimeSpan.Zero);

    public static Alert Alert(string episode, string rule, string supplier, Severity severity = Severity.High, string category = "financial", string message = "Late filing", DateTimeOffset? resolvedAt = null, int revision = 0) => new()
    {
        EpisodeId = episode,
        Supplier = new SupplierId(supplier),
        Rule = rule,
        Kind = AlertKind.Risk,
        Severity = severity,
        Labels = RoutingSample.Labels(("rule", rule), ("supplier", supplier), ("category", category), ("severity", severity.ToString().ToLowerInvariant()), ("kind", "risk"), ("tier", "1")),
        Title = "Late filing",
        Message = message,
        StartsAt = At,
        ResolvedAt = resolvedAt,
        Resolution = resolvedAt is null ? "" : "cleared",
        Revision = revision,
        Points = 20,
    };

    public static Supplier Brightwater { get; } = new()
    {
        Id = new SupplierId("SUP-0042"),
        Name = "Brightwater Castings GmbH",
        Country = "DE",
        Tier = 1,
        Category = "castings",
        Owner = "m.keller@buyer.example",
        BackupOwner = "p.osei@buyer.example",
        AnnualSpend = 4_250_000m,
        Currency = "EUR",
        SingleSource = true,
        Contract = new Contract { Id = "FRA-2024-17", End = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero), NoticeDays = 90, AutoRenew = true },
    };

    public static Alert Insolvency { get; } = Alert("01hx7insolvency00000000001", "SR-FIN-004", "SUP-0042", Severity.Critical) with
    {
        Title = "Insolvency proceedings",
        Message = "Brightwater Castings GmbH: petition for insolvency filed (2026-02-27, companies-house)",
        Next = "Stop prepayments today; call the administrator; start the exit plan with the second source.",
        ScoreBefore = 34.2m,
        BandBefore = Band.Guarded,
        ScoreAfter = 91m,
        BandAfter = Band.Critical,
        Points = 95,
        Evidence =
        [
            new FindingEvidence("events.insolvency HRB-10442-7", new SourceId("companies-house"), At.AddDays(-3), At.AddHours(-1), "https://registry.example/filing/HRB-10442-7?view=full&lang=en", "Petition filed; provisional administrator appointed: Dr. A. Lindqvist"),
            new FindingEvidence("events.late_filing 2025-12", new SourceId("companies-house"), At.AddDays(-61), At.AddDays(-60), "https://registry.example/filing/late", "Annual accounts overdue by 61 days"),
        ],
    };

    public static Assessment BrightwaterAssessment { get; } = new()
    {
        Supplier = new SupplierId("SUP-0042"),
        AsOf = At,
        RuleSetHash = new string('a', 64),
        Score = 91m,
        Band = Band.Critical,
        Coverage = 0.82m,
        Confidence = 0.78m,
        Categories = [],
        Findings =
        [
            Finding("SR-FIN-004", "Insolvency proceedings", "financial"),
            Finding("SR-FIN-003", "Thin liquidity", "financial"),
            Finding("SR-OPS-002", "On-time delivery below the agreed level", "operational"),
        ],
        Contributions =
        [
            new Contribution("floor", "", "floor SR-FIN-004", 0, 42.3m),
            new Contribution("finding", "financial", "SR-FIN-004", 95, 33.25m),
            new Contribution("finding", "financial", "SR-FIN-003", 18, 9.45m),
            new Contribution("finding", "operational", "SR-OPS-002", 12, 6m),
        ],
        Missing = ["facts.lei_status: stale", "metrics.altman_z2: absent", "metrics.uptime: absent"],
    };

    public static Finding Finding(string rule, string title, string category) => new()
    {
        Rule = rule, Title = title, Key = "", Category = category, Severity = Severity.High, State = FindingState.Firing, Points = 1, Message = title, Since = At,
    };

    /// <summary>One critical alert on the single source of castings.</summary>
    public static Notification Single { get; } = Of(NotificationReason.First, [Insolvency], [], [new SupplierContext(Brightwater, BrightwaterAssessment)]);

    /// <summary>A waiver that is void: the alert is open again, with what was done about it before, and links to act.</summary>
    public static Notification Story { get; } = Of(
        NotificationReason.NewAlerts,
        [Insolvency with { Revision = 2, Reopened = "Waiver of m.keller@buyer.example is void: the evidence changed: new is events.insolvency HRB-10442-7" }], [],
        [
            new SupplierContext(Brightwater, BrightwaterAssessment)
            {
                Scores = [(At.AddDays(-80), 12m, Band.Low), (At.AddDays(-50), 34.2m, Band.Guarded), (At.AddDays(-21), 58m, Band.Elevated), (At.AddDays(-14), 49m, Band.Elevated), (At, 91m, Band.Critical)],
            },
        ]) with
        {
            Links = new ActionLinks(new Uri("https://risk.buyer.example/monitor/"), [new byte[32]]),
            Episodes = ImmutableSortedDictionary<string, EpisodeContext>.Empty.Add(Insolvency.EpisodeId, new EpisodeContext(
                new AlertWorkflow(Insolvency.EpisodeId) { Acknowledged = new Acknowledgement("m.keller@buyer.example", At.AddDays(-20), "called their CFO", 0), Assignee = "p.osei@buyer.example" },
                [
                    (At.AddDays(-21), new AlertTransition(AlertTransitionKind.Opened, Insolvency with { Severity = Severity.High, Points = 40 })),
                    (At.AddDays(-18), new AlertTransition(AlertTransitionKind.Resolved, Insolvency with { Severity = Severity.High, Resolution = "accepted until 2026-06-30, approved by a.okafor (waiver-w3djcta6zf): second source in place" })),
                    (At, new AlertTransition(AlertTransitionKind.Reopened, Insolvency with { Reopened = "Waiver of m.keller@buyer.example is void: the evidence changed: new is events.insolvency HRB-10442-7" })),
                ],
                [
                    new AlertAct(Insolvency.EpisodeId, At.AddDays(-20), "acknowledged", "m.keller@buyer.example", "link", "called their CFO"),
                    new AlertAct(Insolvency.EpisodeId, At.AddDays(-20), "assigned", "m.keller@buyer.example", "command", "to p.osei@buyer.example"),
                ])),
        };

    /// <summary>The same with two more, and one that is over.</summary>
    public static Notification Several { get; } = Of(
        NotificationReason.NewAlerts,
        [
            Insolvency,
            Alert("01hx7liquidity000000000001", "SR-FIN-003", "SUP-0042", Severity.High, message: "Brightwater Castings GmbH: current ratio 0.61, cash for 12 days"),
            Alert("01hx7delivery0000000000001", "SR-OPS-002", "SUP-0042", Severity.Warning, "operational", "Brightwater Castings GmbH: on-time delivery 81% against 95% agreed"),
        ],
        [Alert("01hx7cert00000000000000001", "SR-SEC-003", "SUP-0042", Severity.Warning, "security", "Brightwater Castings GmbH: ISO 27001 certificate is missing", At.AddHours(-2))],
        [new SupplierContext(Brightwater, BrightwaterAssessment)]) with { Fresh = [Insolvency.EpisodeId] };

    /// <summary>A group over several suppliers, one of them with a hostile name.</summary>
    public static Notification Wide { get; } = Of(
        NotificationReason.First,
        [
            Insolvency,
            Alert("01hx7kev000000000000000001", "SR-SEC-001", "SUP-0077", Severity.High, "security", "Orbit <script>alert(1)</script> & Söhne: CVE-2026-1234 in the product we use is exploited") with { ScoreBefore = 41, ScoreAfter = 63, BandBefore = Band.Elevated, BandAfter = Band.High },
            Alert("01hx7kev000000000000000002", "SR-SEC-001", "SUP-0102", Severity.Warning, "security", "Très Long Fournisseur de Composants Électroniques et Services Associés S.A.S.: open redirect on status page"),
        ],
        [],
        [
            new SupplierContext(Brightwater, BrightwaterAssessment),
            new SupplierContext(Brightwater with { Id = new SupplierId("SUP-0077"), Name = "Orbit <script>alert(1)</script> & Söhne\u202Egnp.exe\r\nBcc: x@y.example", Tier = 2, Owner = "", BackupOwner = "p.osei@buyer.example" }, null),
            new SupplierContext(Brightwater with { Id = new SupplierId("SUP-0102"), Name = "Très Long Fournisseur de Composants Électroniques et Services Associés S.A.S.", Tier = 3, Owner = "Procurement", BackupOwner = "" }, null),
        ]);

    public static Notification Of(NotificationReason reason, IEnumerable<Alert> firing, IEnumerable<Alert> resolved, IEnumerable<SupplierContext> suppliers) => new()
    {
        Id = "n0tification00000000000001",
        Reason = reason,
        At = At,
        GroupKey = "{}:{supplier=\"SUP-0042\"}",
        ThreadId = "thread00000000000000000001",
        Receiver = "supplier-ops",
        GroupLabels = RoutingSample.Labels(("supplier", "SUP-0042")),
        Firing = [.. firing],
        Resolved = [.. resolved],
        Fresh = [.. firing.Select(a => a.EpisodeId)],
        Suppliers = suppliers.ToImmutableSortedDictionary(s => s.Supplier.Id, s => s),
        Recipients = ["compliance@buyer.example", "https://hooks.example/T0KEN/x", "m.keller@buyer.example", "treasury@buyer.example"],
    };
}
