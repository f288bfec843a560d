using System.Globalization;

namespace Risk.Rules.Matching;

/// <summary>One reason in a score.</summary>
/// <param name="Text">For people.</param>
/// <param name="Bits">Evidence: what was found counts up, what is missing counts down.</param>
public sealed record MatchReason(string Text, double Bits);

/// <summary>Why a name got its score against a listed name.</summary>
/// <param name="Listed">The listed name.</param>
/// <param name="Score">Between 0 and 1.</param>
/// <param name="Reasons">Words first, by weight, then form, numbers, country and limits.</param>
public sealed record MatchExplanation(ListedName Listed, float Score, IReadOnlyList<MatchReason> Reasons)
{
    /// <summary>The names share one word only: a second field should confirm it.</summary>
    public bool IsOneWord { get; init; }

    /// <summary>Bits of the words that only the company has.</summary>
    public float OwnBits { get; init; }

    /// <summary>Each name has a number or a place that the other lacks: sisters of one group, not one company.</summary>
    public bool IsSister { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => string.Join("; ", Reasons.Select(r => r.Text));

    internal static MatchExplanation Of(
        ScreeningIndex index, QueryProfile query, uint mask, int row, ReadOnlySpan<AlignedPair> aligned, ReadOnlySpan<float> features, in ScreeningQuery wanted, float score)
    {
        ListedName listed = index.Name(row);
        var reasons = new List<MatchReason>();
        if (SharedIdentifier(wanted, listed) is { } identifier) reasons.Add(new MatchReason($"the same identifier {identifier} decides", 0));
        AddWords(reasons, index, query, mask, row, aligned);
        reasons.Sort((a, b) => Math.Abs(b.Bits).CompareTo(Math.Abs(a.Bits)));
        AddFormAndNumbers(reasons, features);
        AddLimits(reasons, wanted, listed, features);
        return new MatchExplanation(listed, score, reasons) { OwnBits = features[(int)MatchFeature.UnmatchedQueryBits], IsOneWord = features[(int)MatchFeature.MatchedWords] <= 1, IsSister = features[(int)MatchFeature.Numbers] == 0 };
    }

    private static string? SharedIdentifier(in ScreeningQuery wanted, ListedName listed) =>
        wanted.Identifiers?.FirstOrDefault(mine => listed.Identifiers?.Any(theirs => IdentifierKey.Of(mine) is { Length: > 0 } key && key == IdentifierKey.Of(theirs)) == true);

    private static void AddWords(List<MatchReason> reasons, ScreeningIndex index, QueryProfile query, uint mask, int row, ReadOnlySpan<AlignedPair> aligned)
    {
        var listedTokens = new TokenizedName();
        NameFolder.Fold(index.Text(row), listedTokens);
        var listedUnits = new NameUnit[TokenizedName.MaximumWords];
        listedUnits = [.. listedUnits.AsSpan(0, index.Lexicon.Tag(listedTokens, listedUnits)).ToArray().Where(u => u.Counts)];
        uint queryTaken = 0, listedTaken = 0;
        foreach (AlignedPair pair in aligned)
        {
            queryTaken |= 1u << pair.QueryUnit;
            listedTaken |= 1u << pair.ListedUnit;
            if (pair.Bits == 0 || pair.ListedUnit >= listedUnits.Length) continue;
            string mine = Words(query.Tokens, query.Unit(pair.QueryUnit)), theirs = Words(listedTokens, listedUnits[pair.ListedUnit]);
            float bits = pair.Similarity * pair.Bits;
            reasons.Add(new MatchReason(mine == theirs ? Format($"{mine} is the same (+{bits:0.0} bits)") : Format($"{mine} matched {theirs} ({pair.Similarity:0.00}, +{bits:0.0} bits)"), bits));
        }

        for (int i = 0; i < query.Count; i++)
        {
            if ((queryTaken & (1u << i)) != 0 || (mask & (1u << i)) == 0 || !query.Unit(i).Counts) continue;
            reasons.Add(new MatchReason(Format($"{Words(query.Tokens, query.Unit(i))} is not in the listed name (-{query.Weight(i):0.0})"), -query.Weight(i)));
        }

        for (int i = 0; i < listedUnits.Length; i++)
        {
            if ((listedTaken & (1u << i)) != 0) continue;
            float bits = index.Weight(index.Units(row)[i]);
            reasons.Add(new MatchReason(Format($"{Words(listedTokens, listedUnits[i])} is only in the listed name (-{bits:0.0})"), -bits));
        }
    }

    private static void AddFormAndNumbers(List<MatchReason> reasons, ReadOnlySpan<float> features)
    {
        switch (features[(int)MatchFeature.LegalForm])
        {
            case 0:
                reasons.Add(new MatchReason("legal forms differ", 0));
                break;
            case 2:
                reasons.Add(new MatchReason("legal forms are of one kind", 0));
                break;
        }

        if (features[(int)MatchFeature.Numbers] == 0) reasons.Add(new MatchReason("numbers differ", 0));
        if (features[(int)MatchFeature.Places] == 0) reasons.Add(new MatchReason("places differ: perhaps a sister company", 0));
        if (features[(int)MatchFeature.Numbers] == 1) reasons.Add(new MatchReason("a number is in one name only", 0));
    }

    private static void AddLimits(List<MatchReason> reasons, in ScreeningQuery wanted, ListedName listed, ReadOnlySpan<float> features)
    {
        bool? agree = Countries.Agree(Countries.Key(wanted.Country), Countries.Key(listed.Country));
        if (agree == true) reasons.Add(new MatchReason(Format($"country agrees: {Several(listed.Country)} (+{ScorePolicy.CountryAgrees:0.00})"), 0));
        if (agree == false) reasons.Add(new MatchReason(Format($"country differs: {wanted.Country}/{Several(listed.Country)} (-{ScorePolicy.CountryDiffers:0.00})"), 0));
        if (listed.Kind != PartyKind.Organization) reasons.Add(new MatchReason($"listed as {listed.Kind.ToString().ToLowerInvariant()}", 0));
        if (ScorePolicy.IsGeneric(features)) reasons.Add(new MatchReason("only words that many companies have", 0));
        else if (agree != true && ScorePolicy.IsLone(features)) reasons.Add(new MatchReason("one word only: a second field should confirm it", 0));
        if (listed.Strength == NameStrength.WeakAlias && agree != true) reasons.Add(new MatchReason("weak alias: does not alert alone", 0));
    }

    private static string Several(string countries) => countries.Replace(";", ", ", StringComparison.Ordinal);

    private static string Words(TokenizedName name, NameUnit unit) => string.Join(' ', Enumerable.Range(unit.First, unit.Words).Select(i => name.Word(i).ToString().ToUpperInvariant()));

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
