using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;
using NameNormalizer = Risk.Rules.Matching.NameNormalizer;

namespace Risk.Connectors.UsaSpending;

/// <summary>How a supplier is looked for among the recipients, and which of them it is: by its number, else by a name that is as good as the same.</summary>
/// <param name="Number">UEI, else D-U-N-S number; "" when it has neither.</param>
/// <param name="Text">What is asked for: the number, else the name's words.</param>
/// <param name="By">How it was found, for the evidence.</param>
internal sealed record RecipientChoice(Supplier Supplier, string Number, string Text, string By)
{
    private static readonly IReadOnlySet<string> Country = new HashSet<string>(StringComparer.Ordinal) { "US" };

    /// <summary>Null when nothing is asked: names of companies elsewhere would mostly find namesakes.</summary>
    public static RecipientChoice? For(Supplier supplier)
    {
        string uei = supplier.Identifier(IdentifierScheme.Uei), duns = supplier.Identifier(IdentifierScheme.Duns);
        if (uei.Length > 0) return new RecipientChoice(supplier, uei, uei, $"UEI {uei}");
        if (duns.Length > 0) return new RecipientChoice(supplier, duns, duns, $"D-U-N-S {duns}");
        string name = supplier.Country == "US" ? WithoutForm(supplier.Name) : "";
        return name.Length > 0 ? new RecipientChoice(supplier, "", name, "name") : null;
    }

    /// <summary>The words that upstream has to find, as they are spelled: without "and" and "the", and without the legal form, which registers write in many ways.</summary>
    private static string WithoutForm(string name)
    {
        List<string> words =
        [
            .. name.Split([' ', ',', ';', '"', '\t', '&'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(w => !w.Equals("and", StringComparison.OrdinalIgnoreCase) && !w.Equals("the", StringComparison.OrdinalIgnoreCase)),
        ];
        while (words.Count > 1 && NameNormalizer.Normalize(string.Join(' ', words)) == NameNormalizer.Normalize(string.Join(' ', words.SkipLast(1)))) words.RemoveAt(words.Count - 1);
        return string.Join(' ', words).TrimEnd('.');
    }

    /// <summary>None where nobody has the number, or where not just one company has such a name.</summary>
    public Recipient? Among(IReadOnlyCollection<Recipient> recipients) =>
        Number.Length > 0 ? recipients.Where(r => r.HasNumber(Number)).OrderByDescending(r => r.IsParent).ThenBy(r => r.Hash, StringComparer.Ordinal).FirstOrDefault() : SameName(recipients);

    private Recipient? SameName(IEnumerable<Recipient> recipients)
    {
        var entries = recipients.Select((r, i) => (Recipient: r, Entry: Entry(r, i))).ToDictionary(e => e.Entry.Id, StringComparer.Ordinal);
        if (entries.Count == 0) return null;
        ImmutableArray<ListMatch> hits = [.. new ListScreener(entries.Values.Select(e => e.Entry)).Screen([Supplier], CancellationToken.None).Where(m => m.Result == MatchResult.Hit)];
        Recipient[] found = [.. hits.Select(m => entries[m.Entry.Id].Recipient).DistinctBy(r => r.Hash, StringComparer.Ordinal)];
        return found is [var only] ? only : null;
    }

    // The list's kind plays no part in comparing.
    private static ListEntry Entry(Recipient recipient, int index) => new()
    {
        Id = index.ToString("D4", CultureInfo.InvariantCulture), List = "recipients", Kind = ListKind.Cautioning, Type = "", Reference = "", Url = "", PartyType = "entity", IsPerson = false, Programme = "",
        Countries = Country, Names = [new ListedName(recipient.Name, NameStrength.Primary)],
    };
}
