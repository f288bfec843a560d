using System.Collections.Frozen;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.Signals;

namespace Risk.Worker.Benchmarks;

/// <param name="Text">As a rule has it.</param>
/// <param name="ByHand">The same by hand.</param>
internal sealed record BenchCondition(string Text, Func<DossierView, CelOutcome> ByHand);

/// <summary>A hundred conditions, each in the rule language and as the C# that a person would write for it.</summary>
/// <remarks>
/// The mix is that of supplier-risk rules: 30 metric thresholds guarded by <c>has</c>, 12 on lists and tags, 12 on texts, 16 over event lists, 10 on time, 10 of arithmetic, 10 choices.
/// By hand, missing data is what the rules mean by it: where <c>has</c> guards a metric the answer is yes or no; the arithmetic has no guard, so each lambda first asks whether its
/// metrics are there, and says Undecided (without saying why) where one is not. Feeds are fresh, suppliers complete. Division is by ranges that hold no zero; nothing overflows.
/// </remarks>
internal static class BenchConditions
{
    private const int AccountsAge = 0;
    private const int Alternatives = 1;
    private const int CashDays = 2;
    private const int CostVariance = 3;
    private const int CreditScore = 4;
    private const int CriticalVulns = 5;
    private const int CurrentRatio = 6;
    private const int DefectPpm = 7;
    private const int InterestCover = 8;
    private const int LeadTime = 9;
    private const int Leverage = 10;
    private const int Nps = 11;
    private const int Otd = 13;
    private const int Otif = 14;
    private const int Revenue = 15;
    private const int SanctionMatches = 16;
    private const int SecurityRating = 17;
    private const int Spend12m = 18;
    private const int SpendShare = 19;
    private const int Uptime = 20;
    private const int Breach = 0;
    private const int Fine = 1;
    private const int Incident = 2;

    /// <summary>In the order of their slots, which is that of the names.</summary>
    public static readonly string[] MetricNames =
    [
        "accounts_age", "alternatives", "cash_days", "cost_variance", "credit_score", "critical_vulns", "current_ratio", "defect_ppm", "interest_cover", "lead_time", "leverage",
        "nps", "oldest_vuln_days", "otd", "otif", "revenue", "sanction_matches", "security_rating", "spend_12m", "spend_share", "uptime",
    ];

    public static readonly string[] WholeMetrics = ["alternatives", "critical_vulns", "sanction_matches"];

    public static readonly string[] FeedNames = ["breach", "fine", "incident"];

    public static readonly string[] EmbargoedCountries = ["BY", "CU", "IR", "KP", "RU", "SY"];

    public static readonly string[] WatchedCountries = ["AF", "BY", "CD", "CU", "IR", "KP", "LB", "LY", "MM", "NI", "RU", "SD", "SO", "SS", "SY", "VE", "YE", "ZW"];

    public static readonly string[] ServedCountries = ["CN", "DE", "ES", "FR", "GB", "IN", "IT", "JP", "MX", "PL", "SE", "TR", "US"];

    public static readonly string[] ItCategoryNames = ["cloud", "software", "data"];

    public static readonly string[] LeakTypes = ["leak", "ransom"];

    private static readonly FrozenSet<string> Embargoed = EmbargoedCountries.ToFrozenSet();
    private static readonly FrozenSet<string> Watched = WatchedCountries.ToFrozenSet();
    private static readonly FrozenSet<string> Served = ServedCountries.ToFrozenSet();
    private static readonly FrozenSet<string> ItCategories = ItCategoryNames.ToFrozenSet();
    private static readonly FrozenSet<string> Leaks = LeakTypes.ToFrozenSet();
    private static readonly TimeSpan Days7 = TimeSpan.FromDays(7);
    private static readonly TimeSpan Days14 = TimeSpan.FromDays(14);
    private static readonly TimeSpan Days30 = TimeSpan.FromDays(30);
    private static readonly TimeSpan Days60 = TimeSpan.FromDays(60);
    private static readonly TimeSpan Days90 = TimeSpan.FromDays(90);
    private static readonly DateTimeOffset December = new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly BenchCondition[] All =
    [
        new("has(metrics.otd) && metrics.otd < 0.92", static d => Is(d.HasMetric(Otd) && d.Metric(Otd) < 0.92)),
        new("has(metrics.otd) && metrics.otd < 0.8", static d => Is(d.HasMetric(Otd) && d.Metric(Otd) < 0.8)),
        new("has(metrics.otif) && metrics.otif < 0.9", static d => Is(d.HasMetric(Otif) && d.Metric(Otif) < 0.9)),
        new("has(metrics.otif) && metrics.otif <= 0.75", static d => Is(d.HasMetric(Otif) && d.Metric(Otif) <= 0.75)),
        new("has(metrics.defect_ppm) && metrics.defect_ppm > 500.0", static d => Is(d.HasMetric(DefectPpm) && d.Metric(DefectPpm) > 500.0)),
        new("has(metrics.defect_ppm) && metrics.defect_ppm > 2500.0", static d => Is(d.HasMetric(DefectPpm) && d.Metric(DefectPpm) > 2500.0)),
        new("has(metrics.uptime) && metrics.uptime < 0.995", static d => Is(d.HasMetric(Uptime) && d.Metric(Uptime) < 0.995)),
        new("has(metrics.uptime) && metrics.uptime < 0.97", static d => Is(d.HasMetric(Uptime) && d.Metric(Uptime) < 0.97)),
        new("has(metrics.credit_score) && metrics.credit_score < 40.0", static d => Is(d.HasMetric(CreditScore) && d.Metric(CreditScore) < 40.0)),
        new("has(metrics.credit_score) && metrics.credit_score < 25.0", static d => Is(d.HasMetric(CreditScore) && d.Metric(CreditScore) < 25.0)),
        new("has(metrics.current_ratio) && metrics.current_ratio < 1.0", static d => Is(d.HasMetric(CurrentRatio) && d.Metric(CurrentRatio) < 1.0)),
        new("has(metrics.current_ratio) && metrics.current_ratio < 0.6", static d => Is(d.HasMetric(CurrentRatio) && d.Metric(CurrentRatio) < 0.6)),
        new("has(metrics.cash_days) && metrics.cash_days < 45.0", static d => Is(d.HasMetric(CashDays) && d.Metric(CashDays) < 45.0)),
        new("has(metrics.cash_days) && metrics.cash_days <= 20.0", static d => Is(d.HasMetric(CashDays) && d.Metric(CashDays) <= 20.0)),
        new("has(metrics.interest_cover) && metrics.interest_cover < 1.5", static d => Is(d.HasMetric(InterestCover) && d.Metric(InterestCover) < 1.5)),
        new("has(metrics.interest_cover) && metrics.interest_cover < 0.0", static d => Is(d.HasMetric(InterestCover) && d.Metric(InterestCover) < 0.0)),
        new("has(metrics.leverage) && metrics.leverage > 0.9", static d => Is(d.HasMetric(Leverage) && d.Metric(Leverage) > 0.9)),
        new("has(metrics.leverage) && metrics.leverage > 1.4", static d => Is(d.HasMetric(Leverage) && d.Metric(Leverage) > 1.4)),
        new("has(metrics.security_rating) && metrics.security_rating < 60.0", static d => Is(d.HasMetric(SecurityRating) && d.Metric(SecurityRating) < 60.0)),
        new("has(metrics.security_rating) && metrics.security_rating < 35.0", static d => Is(d.HasMetric(SecurityRating) && d.Metric(SecurityRating) < 35.0)),
        new("has(metrics.lead_time) && metrics.lead_time > 60.0", static d => Is(d.HasMetric(LeadTime) && d.Metric(LeadTime) > 60.0)),
        new("has(metrics.lead_time) && metrics.lead_time >= 90.0", static d => Is(d.HasMetric(LeadTime) && d.Metric(LeadTime) >= 90.0)),
        new("has(metrics.cost_variance) && metrics.cost_variance > 0.05", static d => Is(d.HasMetric(CostVariance) && d.Metric(CostVariance) > 0.05)),
        new("has(metrics.cost_variance) && metrics.cost_variance > 0.2", static d => Is(d.HasMetric(CostVariance) && d.Metric(CostVariance) > 0.2)),
        new("has(metrics.nps) && metrics.nps < 0.0", static d => Is(d.HasMetric(Nps) && d.Metric(Nps) < 0.0)),
        new("has(metrics.nps) && metrics.nps < -30.0", static d => Is(d.HasMetric(Nps) && d.Metric(Nps) < -30.0)),
        new("has(metrics.spend_share) && metrics.spend_share > 0.4", static d => Is(d.HasMetric(SpendShare) && d.Metric(SpendShare) > 0.4)),
        new("has(metrics.spend_share) && metrics.spend_share >= 0.6", static d => Is(d.HasMetric(SpendShare) && d.Metric(SpendShare) >= 0.6)),
        new("has(metrics.revenue) && metrics.revenue < 1000000.0", static d => Is(d.HasMetric(Revenue) && d.Metric(Revenue) < 1000000.0)),
        new("has(metrics.accounts_age) && metrics.accounts_age > 420.0", static d => Is(d.HasMetric(AccountsAge) && d.Metric(AccountsAge) > 420.0)),
        new("supplier.country in lists.embargoed", static d => Is(Embargoed.Contains(d.Supplier.Country))),
        new("supplier.country in lists.watched", static d => Is(Watched.Contains(d.Supplier.Country))),
        new("!(supplier.country in lists.served)", static d => Is(!Served.Contains(d.Supplier.Country))),
        new("supplier.category in lists.it_categories", static d => Is(ItCategories.Contains(d.Supplier.Category))),
        new("supplier.category in ['logistics', 'freight']", static d => Is(d.Supplier.Category is "logistics" or "freight")),
        new("'strategic' in supplier.tags", static d => Is(d.Supplier.Tags.Contains("strategic"))),
        new("'frozen' in supplier.tags && supplier.tier <= 2", static d => Is(d.Supplier.Tags.Contains("frozen") && d.Supplier.Tier <= 2)),
        new("'audit' in supplier.tags || 'ethics' in supplier.tags", static d => Is(d.Supplier.Tags.Contains("audit") || d.Supplier.Tags.Contains("ethics"))),
        new("supplier.tier in [1, 2]", static d => Is(d.Supplier.Tier is 1 or 2)),
        new("supplier.country in lists.embargoed && supplier.single_source", static d => Is(Embargoed.Contains(d.Supplier.Country) && d.Supplier.SingleSource)),
        new("supplier.tags.exists(t, t == 'steel')", static d => AnyTag(d, "steel")),
        new("supplier.tags.size() == 0 && supplier.tier == 1", static d => Is(d.Supplier.Tags.Length == 0 && d.Supplier.Tier == 1)),
        new("supplier.name.startsWith('Nord')", static d => Is(d.Supplier.Name.StartsWith("Nord", StringComparison.Ordinal))),
        new("supplier.name.endsWith(' Ltd')", static d => Is(d.Supplier.Name.EndsWith(" Ltd", StringComparison.Ordinal))),
        new("supplier.name.contains('Steel')", static d => Is(d.Supplier.Name.Contains("Steel", StringComparison.Ordinal))),
        new("supplier.criticality == 'critical'", static d => Is(d.Supplier.Criticality == "critical")),
        new("supplier.criticality == 'high' && supplier.tier <= 2", static d => Is(d.Supplier.Criticality == "high" && d.Supplier.Tier <= 2)),
        new("supplier.currency != 'EUR' && supplier.currency != 'USD'", static d => Is(d.Supplier.Currency != "EUR" && d.Supplier.Currency != "USD")),
        new("supplier.owner == ''", static d => Is(d.Supplier.Owner.Length == 0)),
        new("supplier.country == 'DE' || supplier.country == 'FR' || supplier.country == 'IT'", static d => Is(d.Supplier.Country is "DE" or "FR" or "IT")),
        new("supplier.owner != '' && !supplier.owner.endsWith('@example.org')", static d => Is(d.Supplier.Owner.Length > 0 && !d.Supplier.Owner.EndsWith("@example.org", StringComparison.Ordinal))),
        new("supplier.name.size() > 25", static d => Is(d.Supplier.Name.Length > 25)),
        new("supplier.category == 'cloud' && supplier.status == 'active'", static d => Is(d.Supplier.Category == "cloud" && d.Supplier.Status == "active")),
        new("!supplier.name.contains('GmbH') && supplier.country == 'DE'", static d => Is(!d.Supplier.Name.Contains("GmbH", StringComparison.Ordinal) && d.Supplier.Country == "DE")),
        new("events.incident.exists(e, e.severity >= 4)", static d => AnyAtLeast(d.Events(Incident), 4)),
        new("events.breach.exists(e, e.severity >= 3)", static d => AnyAtLeast(d.Events(Breach), 3)),
        new("events.fine.exists(e, e.severity >= 5)", static d => AnyAtLeast(d.Events(Fine), 5)),
        new("!events.incident.all(e, e.severity <= 4)", static d => Is(!AllAtMost(d.Events(Incident), 4))),
        new("!events.breach.all(e, e.severity <= 3)", static d => Is(!AllAtMost(d.Events(Breach), 3))),
        new("events.incident.filter(e, e.severity >= 3).size() >= 2", static d => Is(CountAtLeast(d.Events(Incident), 3) >= 2)),
        new("events.breach.filter(e, e.severity >= 2).size() >= 3", static d => Is(CountAtLeast(d.Events(Breach), 2) >= 3)),
        new("events.fine.filter(e, e.severity >= 2).size() > 1", static d => Is(CountAtLeast(d.Events(Fine), 2) > 1)),
        new("events.incident.exists(e, e.stage == 'open' && e.severity >= 3)", static d => AnyOpen(d.Events(Incident), 3)),
        new("events.breach.exists(e, e.stage == 'open' && e.severity >= 2)", static d => AnyOpen(d.Events(Breach), 2)),
        new("events.fine.exists(e, has(e.amount) && e.amount > 250000.0)", static d => AnyAbove(d.Events(Fine), 250000.0)),
        new("events.fine.exists(e, has(e.amount) && e.amount > 1000000.0)", static d => AnyAbove(d.Events(Fine), 1000000.0)),
        new("events.incident.exists_one(e, e.severity == 5)", static d => Is(CountEqual(d.Events(Incident), 5) == 1)),
        new("events.breach.exists(e, e.type in lists.leaks)", static d => AnyLeak(d.Events(Breach))),
        new("events.incident.exists(e, e.title.contains('outage'))", static d => AnyTitled(d.Events(Incident), "outage")),
        new("events.breach.size() > 3 && events.incident.size() > 3", static d => Is(d.Events(Breach).Length > 3 && d.Events(Incident).Length > 3)),
        new("events.incident.exists(e, since(e.at) < days(7))", static d => AnySince(d, Incident, Days7)),
        new("events.breach.exists(e, since(e.at) < days(30))", static d => AnySince(d, Breach, Days30)),
        new("events.fine.exists(e, since(e.at) < days(60))", static d => AnySince(d, Fine, Days60)),
        new("events.incident.filter(e, since(e.at) < days(90)).size() >= 2", static d => Is(CountSince(d, Incident, Days90) >= 2)),
        new("!events.breach.all(e, since(e.at) > days(14))", static d => Is(!AllBefore(d, Breach, Days14))),
        new("has(contract.end) && until(contract.end) < days(60)", static d => Is(d.Supplier.Contract is { End: { } end } && end - d.Now < Days60)),
        new("has(contract.end) && until(contract.end) < days(30) && supplier.tier <= 2", static d => Is(d.Supplier.Contract is { End: { } end } && end - d.Now < Days30 && d.Supplier.Tier <= 2)),
        new("has(contract.end) && contract.end < now", static d => Is(d.Supplier.Contract is { End: { } end } && end < d.Now)),
        new("has(contract.end) && contract.end < timestamp('2025-12-01T00:00:00Z')", static d => Is(d.Supplier.Contract is { End: { } end } && end < December)),
        new("has(contract.notice_days) && has(contract.end) && until(contract.end) < days(contract.notice_days + 45)", static d => Is(d.Supplier.Contract is { NoticeDays: { } notice, End: { } end } && end - d.Now < TimeSpan.FromDays(notice + 45))),
        new("metrics.spend_12m / metrics.revenue > 0.3", static d => !d.HasMetric(Spend12m) || !d.HasMetric(Revenue) ? CelOutcome.Undecided : Is(d.Metric(Spend12m) / d.Metric(Revenue) > 0.3)),
        new("metrics.spend_12m * (1.0 - metrics.otd) > 100000.0", static d => !d.HasMetric(Spend12m) || !d.HasMetric(Otd) ? CelOutcome.Undecided : Is(d.Metric(Spend12m) * (1.0 - d.Metric(Otd)) > 100000.0)),
        new("metrics.otd * 0.6 + metrics.otif * 0.4 < 0.85", static d => !d.HasMetric(Otd) || !d.HasMetric(Otif) ? CelOutcome.Undecided : Is((d.Metric(Otd) * 0.6) + (d.Metric(Otif) * 0.4) < 0.85)),
        new("metrics.lead_time - 30.0 > metrics.cash_days", static d => !d.HasMetric(LeadTime) || !d.HasMetric(CashDays) ? CelOutcome.Undecided : Is(d.Metric(LeadTime) - 30.0 > d.Metric(CashDays))),
        new("metrics.current_ratio / (metrics.leverage + 0.1) < 0.8", static d => !d.HasMetric(CurrentRatio) || !d.HasMetric(Leverage) ? CelOutcome.Undecided : Is(d.Metric(CurrentRatio) / (d.Metric(Leverage) + 0.1) < 0.8)),
        new("(metrics.credit_score + metrics.security_rating) / 2.0 < 45.0", static d => !d.HasMetric(CreditScore) || !d.HasMetric(SecurityRating) ? CelOutcome.Undecided : Is((d.Metric(CreditScore) + d.Metric(SecurityRating)) / 2.0 < 45.0)),
        new("math.least(metrics.otd, metrics.otif) < 0.8", static d => !d.HasMetric(Otd) || !d.HasMetric(Otif) ? CelOutcome.Undecided : Is(Math.Min(d.Metric(Otd), d.Metric(Otif)) < 0.8)),
        new("metrics.defect_ppm / 1000000.0 * metrics.spend_12m > 2000.0", static d => !d.HasMetric(DefectPpm) || !d.HasMetric(Spend12m) ? CelOutcome.Undecided : Is(d.Metric(DefectPpm) / 1000000.0 * d.Metric(Spend12m) > 2000.0)),
        new("metrics.cost_variance * metrics.spend_12m > 50000.0", static d => !d.HasMetric(CostVariance) || !d.HasMetric(Spend12m) ? CelOutcome.Undecided : Is(d.Metric(CostVariance) * d.Metric(Spend12m) > 50000.0)),
        new("metrics.interest_cover + metrics.current_ratio * 2.0 - metrics.leverage < 1.0", static d => !d.HasMetric(InterestCover) || !d.HasMetric(CurrentRatio) || !d.HasMetric(Leverage) ? CelOutcome.Undecided : Is(d.Metric(InterestCover) + (d.Metric(CurrentRatio) * 2.0) - d.Metric(Leverage) < 1.0)),
        new("has(metrics.otd) && metrics.otd < (supplier.tier == 1 ? 0.96 : 0.92)", static d => Is(d.HasMetric(Otd) && d.Metric(Otd) < (d.Supplier.Tier == 1 ? 0.96 : 0.92))),
        new("has(metrics.credit_score) && metrics.credit_score < (supplier.criticality == 'critical' ? 50.0 : 40.0)", static d => Is(d.HasMetric(CreditScore) && d.Metric(CreditScore) < (d.Supplier.Criticality == "critical" ? 50.0 : 40.0))),
        new("has(metrics.security_rating) && metrics.security_rating < (supplier.category in lists.it_categories ? 70.0 : 60.0)", static d => Is(d.HasMetric(SecurityRating) && d.Metric(SecurityRating) < (ItCategories.Contains(d.Supplier.Category) ? 70.0 : 60.0))),
        new("supplier.single_source ? has(metrics.alternatives) && metrics.alternatives == 0 : false", static d => Is(d.Supplier.SingleSource && d.HasMetric(Alternatives) && d.Metric(Alternatives) == 0)),
        new("supplier.tier == 1 ? events.incident.exists(e, e.severity >= 2) : events.incident.exists(e, e.severity >= 4)", static d => d.Supplier.Tier == 1 ? AnyAtLeast(d.Events(Incident), 2) : AnyAtLeast(d.Events(Incident), 4)),
        new("has(metrics.defect_ppm) ? metrics.defect_ppm > 800.0 : supplier.tier == 1", static d => Is(d.HasMetric(DefectPpm) ? d.Metric(DefectPpm) > 800.0 : d.Supplier.Tier == 1)),
        new("(has(metrics.otd) ? metrics.otd : 1.0) < 0.85", static d => Is((d.HasMetric(Otd) ? d.Metric(Otd) : 1.0) < 0.85)),
        new("supplier.tier == 1 || supplier.criticality == 'critical' ? supplier.owner == '' : false", static d => Is((d.Supplier.Tier == 1 || d.Supplier.Criticality == "critical") && d.Supplier.Owner.Length == 0)),
        new("has(metrics.critical_vulns) && metrics.critical_vulns > (supplier.tier <= 2 ? 0 : 5)", static d => Is(d.HasMetric(CriticalVulns) && d.Metric(CriticalVulns) > (d.Supplier.Tier <= 2 ? 0 : 5))),
        new("has(metrics.sanction_matches) && metrics.sanction_matches >= 1 && !(supplier.country in lists.watched)", static d => Is(d.HasMetric(SanctionMatches) && d.Metric(SanctionMatches) >= 1 && !Watched.Contains(d.Supplier.Country))),
    ];

    private static CelOutcome Is(bool answer) => answer ? CelOutcome.True : CelOutcome.False;

    private static CelOutcome AnyTag(DossierView d, string tag)
    {
        foreach (string t in d.Supplier.Tags)
        {
            if (t == tag) return CelOutcome.True;
        }

        return CelOutcome.False;
    }

    private static CelOutcome AnyAtLeast(ReadOnlySpan<EventSignal> events, int severity)
    {
        foreach (EventSignal e in events)
        {
            if (e.Severity >= severity) return CelOutcome.True;
        }

        return CelOutcome.False;
    }

    private static bool AllAtMost(ReadOnlySpan<EventSignal> events, int severity)
    {
        foreach (EventSignal e in events)
        {
            if (e.Severity > severity) return false;
        }

        return true;
    }

    private static CelOutcome AnyOpen(ReadOnlySpan<EventSignal> events, int severity)
    {
        foreach (EventSignal e in events)
        {
            if (e.Stage == "open" && e.Severity >= severity) return CelOutcome.True;
        }

        return CelOutcome.False;
    }

    private static CelOutcome AnyAbove(ReadOnlySpan<EventSignal> events, double amount)
    {
        foreach (EventSignal e in events)
        {
            if (e.Amount > amount) return CelOutcome.True;
        }

        return CelOutcome.False;
    }

    private static CelOutcome AnyLeak(ReadOnlySpan<EventSignal> events)
    {
        foreach (EventSignal e in events)
        {
            if (Leaks.Contains(e.Type)) return CelOutcome.True;
        }

        return CelOutcome.False;
    }

    private static CelOutcome AnyTitled(ReadOnlySpan<EventSignal> events, string part)
    {
        foreach (EventSignal e in events)
        {
            if (e.Title.Contains(part, StringComparison.Ordinal)) return CelOutcome.True;
        }

        return CelOutcome.False;
    }

    private static CelOutcome AnySince(DossierView d, int feed, TimeSpan age)
    {
        foreach (EventSignal e in d.Events(feed))
        {
            if (d.Now - e.OccurredAt < age) return CelOutcome.True;
        }

        return CelOutcome.False;
    }

    private static bool AllBefore(DossierView d, int feed, TimeSpan age)
    {
        foreach (EventSignal e in d.Events(feed))
        {
            if (d.Now - e.OccurredAt <= age) return false;
        }

        return true;
    }

    private static int CountAtLeast(ReadOnlySpan<EventSignal> events, int severity)
    {
        int count = 0;
        foreach (EventSignal e in events)
        {
            if (e.Severity >= severity) count++;
        }

        return count;
    }

    private static int CountEqual(ReadOnlySpan<EventSignal> events, int severity)
    {
        int count = 0;
        foreach (EventSignal e in events)
        {
            if (e.Severity == severity) count++;
        }

        return count;
    }

    private static int CountSince(DossierView d, int feed, TimeSpan age)
    {
        int count = 0;
        foreach (EventSignal e in d.Events(feed))
        {
            if (d.Now - e.OccurredAt < age) count++;
        }

        return count;
    }
}
