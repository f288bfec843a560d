using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Notifications;

namespace Risk.Worker.Alerting.Assurance;

/// <summary>What the last day brought.</summary>
/// <param name="Failing">Sources that fail, by id.</param>
/// <param name="Fresh">Alerts that began.</param>
/// <param name="Undelivered">Deliveries that were given up, or wait for long.</param>
internal sealed record DayFigures(int Suppliers, int Sources, ImmutableArray<string> Failing, int Fresh, int Open, int Undelivered)
{
    public bool IsQuiet => Failing.IsEmpty && Fresh == 0 && Undelivered == 0;
}

/// <summary>Notifications about the way itself. They are made like those of alerts, so that they prove what alerts need. Pure.</summary>
internal static class AssuranceNotices
{
    public const string TestRule = "test-fire";
    public const string CanaryRule = "canary";
    public const string AllQuietRule = "all-quiet";

    /// <summary>A test that somebody asked for.</summary>
    /// <param name="labels">What routes are to see; "" values are left out.</param>
    /// <param name="context">The supplier that <paramref name="labels"/> name, or null.</param>
    public static Notification Test(string receiver, ImmutableSortedDictionary<string, string> labels, SupplierContext? context, DateTimeOffset at) => Of(
        NotificationReason.Test, TestRule, receiver, at.UtcTicks.ToString(CultureInfo.InvariantCulture), "TEST: please ignore",
        "TEST of the way alerts take, please ignore. Nothing has happened.", "Nothing. If you read this where alerts are expected, it works.", at) is var test && context is { } known
        ? With(test, test.Firing[0] with { Supplier = known.Supplier.Id, Labels = labels, Severity = SeverityOf(labels) }, known)
        : With(test, test.Firing[0] with { Labels = labels, Severity = SeverityOf(labels) }, null);

    public static Notification Canary(string receiver, DateOnly day, DateTimeOffset at) => Of(
        NotificationReason.Canary, CanaryRule, receiver, Text(day), "Weekly check of this channel",
        $"Weekly check of this channel ({Text(day)}): it works. Nothing has happened.", "Nothing. Should this message stay away one week, alerts would too: look at risk deliveries list.", at);

    public static Notification AllQuiet(string receiver, DateOnly day, DayFigures figures, DateTimeOffset at)
    {
        string sources = figures.Failing.IsEmpty ? $"{figures.Sources} sources" : $"{figures.Sources} sources, {figures.Failing.Length} failing ({string.Join(", ", figures.Failing)})";
        string sum = string.Create(CultureInfo.InvariantCulture, $"{figures.Suppliers} suppliers, {sources}, {figures.Fresh} new, {figures.Open} open, {figures.Undelivered} undelivered");
        return Of(
            NotificationReason.AllQuiet, AllQuietRule, receiver, Text(day), figures.IsQuiet ? "All quiet" : "Not all quiet",
            $"{(figures.IsQuiet ? "All quiet" : "Not all quiet")}: {sum}", figures.IsQuiet ? "Nothing." : "risk alerts list; risk sources list; risk deliveries list --state pending", at);
    }

    private static Notification With(Notification notification, Alert alert, SupplierContext? context) => notification with
    {
        Firing = [alert],
        Suppliers = context is null ? notification.Suppliers : notification.Suppliers.Add(context.Supplier.Id, context),
    };

    private static Severity SeverityOf(ImmutableSortedDictionary<string, string> labels) => Enum.TryParse(labels.GetValueOrDefault("severity", ""), ignoreCase: true, out Severity severity) ? severity : Severity.Info;

    private static Notification Of(NotificationReason reason, string rule, string receiver, string occasion, string title, string message, string next, DateTimeOffset at)
    {
        var alert = new Alert
        {
            EpisodeId = StableId.Of("episode", rule, receiver, occasion),
            Rule = rule,
            Kind = AlertKind.System,
            Severity = Severity.Info,
            Labels = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal, [KeyValuePair.Create("rule", rule), KeyValuePair.Create("category", AlertKind.System), KeyValuePair.Create("kind", AlertKind.System), KeyValuePair.Create("severity", "info")]),
            Title = title,
            Message = message,
            Next = next,
            StartsAt = at,
        };
        return new Notification
        {
            Id = StableId.Of("notification", rule, receiver, occasion),
            Reason = reason,
            At = at,
            GroupKey = $"assurance/{rule}",
            ThreadId = StableId.Of("thread", rule, receiver),
            Receiver = receiver,
            GroupLabels = ImmutableSortedDictionary<string, string>.Empty,
            Firing = [alert],
            Resolved = [],
            Fresh = [alert.EpisodeId],
            Suppliers = ImmutableSortedDictionary<Risk.Rules.Suppliers.SupplierId, SupplierContext>.Empty,
        };
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
