using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gleif;

/// <summary>What a company reports as its parent: an LEI, or why there is none; both "" when it reports nothing.</summary>
internal sealed record Parent(string Lei, string ExceptionReason)
{
    public static Parent Unreported { get; } = new("", "");

    public string Fact => Lei.Length > 0 ? Lei : ExceptionReason;
}

/// <summary>Turns one LEI record into facts. Pure.</summary>
internal static class GleifMapper
{
    /// <summary>False with the reason when the record lacks what every LEI record has.</summary>
    public static bool TryMap(SupplierId supplier, string lei, LeiAttributes record, Parent direct, Parent ultimate, DateTimeOffset observedAt, out ImmutableArray<Signal> signals, out string problem)
    {
        signals = [];
        problem = "";
        if (record.Registration?.Status is not { Length: > 0 } status) problem = "names no registration status";
        else if (Instant(record.Registration.LastUpdateDate) is not { } updatedAt) problem = "has no valid lastUpdateDate";
        else signals = Facts(supplier, lei, record, status, updatedAt, direct, ultimate, observedAt);
        return problem.Length == 0;
    }

    private static ImmutableArray<Signal> Facts(SupplierId supplier, string lei, LeiAttributes record, string status, DateTimeOffset updatedAt, Parent direct, Parent ultimate, DateTimeOffset observedAt)
    {
        string entity = record.Entity?.Status ?? "";
        DateTimeOffset? renewal = Instant(record.Registration?.NextRenewalDate);
        // GLEIF states no date for a status, only when the record last changed: since then, at the latest, it holds.
        string told = $"{Clip(record.Entity?.LegalName?.Name ?? "")}: registration {status}, entity {(entity.Length > 0 ? entity : "not stated")}, next renewal {(renewal is { } due ? Text(due) : "not stated")}, last update {Text(updatedAt)}";
        string page = $"https://search.gleif.org/#/record/{lei}";
        var facts = ImmutableArray.CreateBuilder<Signal>();
        Add("lei_status", FactValue.Of(status), told);
        Add("lei_entity_status", FactValue.Of(entity), told);
        if (renewal is { } at) Add("lei_renewal", FactValue.Of(at), told);
        Add("lei_direct_parent", FactValue.Of(direct.Fact), Words("Direct", direct));
        Add("lei_ultimate_parent", FactValue.Of(ultimate.Fact), Words("Ultimate", ultimate));
        string successors = record.Entity is { } of ? GleifEvents.Successors(of) : "";
        Add("lei_successor", FactValue.Of(successors), successors.Length > 0 ? $"Succeeded by {successors}" : "No successor named");
        return facts.ToImmutable();

        void Add(string name, FactValue value, string excerpt) => facts.Add(new FactSignal
        {
            Supplier = supplier,
            Source = GleifModule.Id,
            Name = name,
            Value = value,
            OccurredAt = updatedAt,
            ObservedAt = observedAt,
            Evidence = new Evidence(page, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
        });
    }

    private static string Words(string which, Parent parent) => parent switch
    {
        { Lei.Length: > 0 } => $"{which} parent {parent.Lei}",
        { ExceptionReason.Length: > 0 } => $"{which} parent not reported: {parent.ExceptionReason}",
        _ => $"{which} parent not reported, without a reason",
    };

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at) ? at : null;

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Clip(string text) => text.Length <= 300 ? text : text[..300];
}
