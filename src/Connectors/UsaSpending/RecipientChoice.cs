using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.UsaSpending;

/// <summary>Which recipient a supplier is: by its number, else by a name that is as good as the same.</summary>
internal static class RecipientChoice
{
    private const int HashLength = 36;

    private static readonly IReadOnlySet<string> Country = new HashSet<string>(StringComparer.Ordinal) { "US" };

    /// <param name="by">How it was found, for the evidence.</param>
    /// <returns>The id to ask with, or null.</returns>
    public static string? Of(Supplier supplier, string uei, IEnumerable<RecipientRecord> recipients, out string by)
    {
        string duns = supplier.Identifier(IdentifierScheme.Duns);
        RecipientRecord[] usable = [.. recipients.Where(r => r.Id is { Length: > HashLength })];
        RecipientRecord[] same = [.. usable.Where(r => (uei.Length > 0 && r.Uei == uei) || (duns.Length > 0 && r.Duns == duns))];
        by = uei.Length > 0 ? $"UEI {uei}" : $"D-U-N-S {duns}";
        if (same.Length == 0 && uei.Length == 0 && duns.Length == 0)
        {
            by = "name";
            same = SameName(supplier, usable);
        }

        // A company that is its own parent is there twice; the parent's figures hold the child's.
        return same.OrderBy(r => Level(r) switch { 'P' => 0, 'C' => 1, _ => 2 }).Select(r => $"{r.Id![..HashLength]}-{Level(r)}").FirstOrDefault();
    }

    private static char Level(RecipientRecord recipient) =>
        recipient.RecipientLevel is [var level and ('P' or 'C' or 'R'), ..] ? level : recipient.Id![HashLength..].FirstOrDefault(c => c is 'P' or 'C' or 'R', 'R');

    /// <summary>None where more than one company has such a name.</summary>
    private static RecipientRecord[] SameName(Supplier supplier, RecipientRecord[] recipients)
    {
        var entries = recipients.Where(r => !string.IsNullOrWhiteSpace(r.Name)).Select((r, i) => (Record: r, Entry: Entry(r, i))).ToDictionary(e => e.Entry.Id, StringComparer.Ordinal);
        ImmutableArray<ListMatch> hits = [.. new ListScreener(entries.Values.Select(e => e.Entry)).Screen([supplier], CancellationToken.None).Where(m => m.Result == MatchResult.Hit)];
        RecipientRecord[] found = [.. hits.Select(m => entries[m.Entry.Id].Record)];
        return found.Select(r => r.Id![..HashLength]).Distinct(StringComparer.Ordinal).Count() == 1 ? found : [];
    }

    // The list's kind plays no part in comparing.
    private static ListEntry Entry(RecipientRecord recipient, int index) => new()
    {
        Id = index.ToString("D4", CultureInfo.InvariantCulture), List = "recipients", Kind = ListKind.Cautioning, Type = "", Reference = "", Url = "", PartyType = "entity", IsPerson = false, Programme = "",
        Countries = Country, Names = [new ListedName(recipient.Name!, NameStrength.Primary)],
    };
}
