namespace Risk.Rules.Matching;

/// <summary>The score that OFAC's Sanctions List Search would show for a listed name, 0 to 100, so that an analyst can say what the official site says.</summary>
/// <remarks>
/// An emulation from OFAC's FAQ 249 (the higher of whole-string Jaro-Winkler and a word-by-word composite; candidates by the first letter) and published comparisons with the site:
/// no gate under the prefix bonus, query words of one or two letters dropped, words that match under 0.5 count nothing, and the mean is over the words of the query only. It is
/// shown beside our score and decides nothing: one word in common gives 100.
/// </remarks>
public static class OfacParity
{
    private const float LeastWord = 0.5f;
    private const int ShortestWord = 3;

    public static int Score(string name, string listed)
    {
        string[] query = Words(name), target = Words(listed);
        if (query.Length == 0 || target.Length == 0) return 0;
        string wholeQuery = string.Join(' ', query), wholeTarget = string.Join(' ', target);
        float whole = wholeQuery[0] == wholeTarget[0] ? JaroWinkler.Similarity(wholeQuery, wholeTarget, bonusFrom: 0) : 0;
        string[] longer = [.. query.Where(w => w.Length >= ShortestWord)];
        float words = longer.Length == 0 ? 0 : longer.Average(word => target.Max(t => Word(word, t)));
        return (int)MathF.Round(100 * Math.Max(whole, words));
    }

    private static float Word(string a, string b)
    {
        if (a[0] != b[0]) return 0;
        float similarity = JaroWinkler.Similarity(a, b, bonusFrom: 0);
        return similarity < LeastWord ? 0 : similarity;
    }

    private static string[] Words(string name)
    {
        var folded = new TokenizedName();
        NameFolder.Fold(name, folded);
        return [.. Enumerable.Range(0, folded.Count).Select(i => folded.Word(i).ToString())];
    }
}
