using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Fda;

/// <summary>Makes one event of a recall's lines. Publications of one recall give the same event and the same story.</summary>
internal static class FdaRecallEvents
{
    public const string NoDate = "neither the date of initiation nor of the report is one";

    /// <summary>Class I may cost lives.</summary>
    private const int MayKill = 4, MayHarm = 3, UnlikelyToHarm = 2;

    /// <summary>The events of all recalls whose firm may be a supplier.</summary>
    /// <param name="lines">In any order.</param>
    public static ImmutableArray<Signal> Of(SourceId source, IEnumerable<FdaRecall> lines, IReadOnlyList<Supplier> suppliers, DateTimeOffset observedAt, CancellationToken cancellationToken)
    {
        FdaRecall[][] recalls = [.. lines.GroupBy(l => l.EventId, StringComparer.Ordinal).Select(g => g.OrderBy(l => l.Number, StringComparer.Ordinal).ThenBy(l => l.Product, StringComparer.Ordinal).ToArray())];
        ILookup<NamedFirm, FirmMatch> matches = FirmJoin.Of(recalls.Select(FirmOf), suppliers, cancellationToken);
        return [.. recalls.SelectMany(recall => matches[FirmOf(recall)].Select(match => Map(source, recall, match, observedAt)))];
    }

    private static EventSignal Map(SourceId source, FdaRecall[] lines, FirmMatch match, DateTimeOffset observedAt)
    {
        FdaRecall first = lines[0];
        int gravest = lines.Where(l => l.Class > 0).Select(l => l.Class).DefaultIfEmpty(0).Min();
        string grade = gravest switch { 1 => "Class I recall", 2 => "Class II recall", 3 => "Class III recall", _ => "Recall not yet classified" };
        string products = lines.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" of {lines.Length} products");
        string type = first.ProductType.Length == 0 ? "" : $" ({first.ProductType})";
        string reason = RecordEvidence.Shorten(first.Reason, 160);
        string cause = string.Join(", ", lines.Select(l => l.RootCause).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal).Take(3));
        string id = "fda-" + first.EventId;
        string words = $"{grade}{products}{type} by {first.Firm}, {first.Place}; event {first.EventId}, {string.Join(", ", lines.Select(l => l.Number).Where(n => n.Length > 0).Take(5))}; {StageOf(lines)}; {first.Product}; reason: {first.Reason}{(cause.Length == 0 ? "" : "; root cause: " + cause)}; {match.How}";
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = source,
            Name = SharedFeeds.ProductRecall.Name,
            Id = id,
            Type = gravest switch { 1 => "fda-class-1", 2 => "fda-class-2", 3 => "fda-class-3", _ => "fda-unclassified" },
            Title = match.Title($"{grade}{products}{type}, {first.Firm}{(reason.Length == 0 ? "" : ": " + reason)}"),
            Severity = match.Severity(gravest switch { 1 => MayKill, 2 => MayHarm, _ => UnlikelyToHarm }),
            Stage = match.Stage(StageOf(lines)),
            Story = id,
            OccurredAt = lines.Min(l => l.InitiatedAt ?? l.ReportedAt)!.Value,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of("https://www.accessdata.fda.gov/scripts/ires/?Event=" + Uri.EscapeDataString(first.EventId), words, observedAt),
        };
    }

    /// <summary>A recall goes on until its last line is done.</summary>
    private static string StageOf(FdaRecall[] lines) =>
        lines.All(l => Is(l, "Terminated")) ? "terminated" : lines.All(l => Is(l, "Terminated") || Is(l, "Completed")) ? "completed" : "ongoing";

    private static bool Is(FdaRecall line, string status) => line.Status.Equals(status, StringComparison.OrdinalIgnoreCase);

    private static NamedFirm FirmOf(FdaRecall[] lines) => new(lines[0].Firm, lines[0].Country, lines[0].SurvivingFirm);
}
