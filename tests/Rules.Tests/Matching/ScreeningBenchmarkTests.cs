using System.Text;
using Risk.Rules.Matching;
using Risk.Testing;

namespace Risk.Rules.Tests.Matching;

/// <summary>The bars that the matcher holds on the name benchmark: real lists, real companies, real other spellings.</summary>
public sealed class ScreeningBenchmarkTests
{
    private static readonly string[] Unrelated = ["alias_far", "alias_acronym", "xlist_far", "xlist_other", "xlist_cyrl"];
    private static readonly string[] Real = ["alias_near", "xlist_latin", "xlist_same"];
    private static readonly Lazy<ScreeningIndex> Index = new(() => ScreeningIndex.Build([.. Rows("targets.csv").Select(r =>
        new ListedName(r[0], r[1], (NameStrength)(r[2][0] - '0'), Enum.Parse<PartyKind>(r[3], ignoreCase: true), r[4], r[5]))]));

    /// <summary>In sample for the shipped trees: a fence against regressions. docs/screening.md has the held-out figures.</summary>
    [SharedFact]
    public void Search_Benchmark_HoldsTheBars()
    {
        var searcher = new NameSearcher(Index.Value);
        var hits = new ScreeningHit[10];
        var scores = new List<(string Kind, float Expected, float Best)>();
        foreach (string[] row in Rows("queries.csv"))
        {
            int count = searcher.Search(new ScreeningQuery(row[1]), 0, hits);
            float expected = hits.Take(count).Where(h => Index.Value.Names[h.NameIndex].EntityId == row[2]).Select(h => h.Score).FirstOrDefault();
            scores.Add((row[3], expected, count == 0 ? 0 : hits[0].Score));
        }

        float[] clean = [.. scores.Where(s => s.Kind.StartsWith("neg_", StringComparison.Ordinal)).Select(s => s.Best).OrderDescending()];
        float percent = clean[clean.Length / 100], tenth = clean[clean.Length / 1000];
        (string Kind, float Expected, float Best)[] main = [.. scores.Where(s => !s.Kind.StartsWith("neg_", StringComparison.Ordinal) && !Unrelated.Contains(s.Kind))];
        Holds(0.94, main.Average(s => s.Expected > percent ? 1.0 : 0), "altered names at 1 % false alerts");
        Holds(0.84, main.Average(s => s.Expected > tenth ? 1.0 : 0), "altered names at 0.1 %");
        Holds(0.84, main.Where(s => Real.Contains(s.Kind)).Average(s => s.Expected > percent ? 1.0 : 0), "real variants at 1 %");
        Holds(0.77, scores.Where(s => s.Kind == "xlist_cyrl").Average(s => s.Expected > percent ? 1.0 : 0), "Cyrillic names at 1 %");
        Holds(0.955, main.Average(s => s.Expected > 0 && s.Expected >= s.Best ? 1.0 : 0), "right party first");
        Assert.True(clean.Count(s => s >= ScoreBands.Strong) <= clean.Length / 1000 && clean.Count(s => s >= ScoreBands.Review) <= clean.Length / 100, "the bands hold what docs/screening.md promises");
    }

    [SharedFact]
    public void Search_LabelledPairs_AreToldApart()
    {
        var scores = new List<(float Score, bool IsMatch)>();
        var hits = new ScreeningHit[1];
        foreach (string[] row in Rows("pairs.csv"))
        {
            ScreeningIndex one = ScreeningIndex.Build([new ListedName("1", row[1], NameStrength.Primary, PartyKind.Organization, "", "")]);
            scores.Add((new NameSearcher(one).Search(new ScreeningQuery(row[0]), 0, hits) == 0 ? 0 : hits[0].Score, row[2] == "1"));
        }

        double wins = scores.Where(p => p.IsMatch).Sum(p => scores.Where(n => !n.IsMatch).Sum(n => p.Score > n.Score ? 1.0 : p.Score == n.Score ? 0.5 : 0));
        Holds(0.88, wins / scores.Count(p => p.IsMatch) / scores.Count(p => !p.IsMatch), "area under the curve of the labelled pairs");
    }

    /// <summary>Every listed name, one third of them in each case: nothing scores higher than the party itself. Weak aliases are held back on purpose.</summary>
    [SharedFact]
    public void Search_EveryListedName_FindsItselfFirst()
    {
        string[] missed = Missed(n => n.Strength != NameStrength.WeakAlias, (name, i) => (i % 3) switch { 0 => name, 1 => name.ToLowerInvariant(), _ => name.ToUpperInvariant() });
        Assert.True(missed.Length == 0, $"{missed.Length}: {string.Join(" | ", missed.Take(20))}");
    }

    /// <summary>
    /// Every organisation without its legal form: nothing scores higher but a party whose name those very words are ("JSC Research Institute of Steel" beside "Research Institute of
    /// Steel"). Let off: short names that read as a legal form themselves (SPS, KPSK) or are outscored by another spelling of the one word, and one that is another's name cut where ERP
    /// fields cut it.
    /// </summary>
    [SharedFact]
    public void Search_OrganizationsWithoutTheirLegalForm_FindThemselvesFirst()
    {
        string[] missed = Missed(n => n.Strength != NameStrength.WeakAlias && n.Kind == PartyKind.Organization && !n.Name.Any(HanReader.Starts), (name, _) => WithoutForm(name));
        Assert.True(missed.Length <= 10, $"{missed.Length}: {string.Join(" | ", missed.Take(20))}");
    }

    [SharedFact]
    public void Search_GenericNames_AlertOnNothingOfTheRealLists()
    {
        var searcher = new NameSearcher(Index.Value);
        var hits = new ScreeningHit[1];
        foreach (string name in (string[])["CORP", "THE COMPANY LIMITED", "INTERNATIONAL TRADING CO", "GROUP HOLDINGS LTD", "GENERAL TRADING LLC", "Global Services Inc.", "Limited Liability Company", "Import Export Group",
            "BANK", "Bank AG", "Bank Ltd", "PETROL", "NORD", "Nord GmbH", "OIL", "TRANS", "GLOBAL", "ENERGY", "UNION", "TECHNO", "INVEST", "SHIPPING", "Global Trading LLC", "First Bank", "Capital Group"])
        {
            Assert.True(searcher.Search(new ScreeningQuery(name), ScoreBands.Review, hits) == 0, $"{name}: {hits[0].Score} {Index.Value.Names[hits[0].NameIndex].Name}");
        }
    }

    private static void Holds(double bar, double measured, string what) => Assert.True(measured >= bar, $"{what}: {measured:0.000}, the bar is {bar:0.000}");

    [ThreadStatic]
    private static NameSearcher? mine;

    private static string[] Missed(Func<ListedName, bool> isMeant, Func<string, int, string> spell)
    {
        IReadOnlyList<ListedName> names = Index.Value.Names;
        return [.. Enumerable.Range(0, names.Count).AsParallel().WithDegreeOfParallelism(2).Where(i => isMeant(names[i]) && !IsFirst(spell(names[i].Name, i), names[i].EntityId)).Select(i => names[i].Name)];
    }

    /// <summary>Whether nothing scores higher than the party, parties of the very same words aside.</summary>
    private static bool IsFirst(string name, string party)
    {
        mine ??= new NameSearcher(Index.Value);
        var hits = new ScreeningHit[CandidateFinder.Maximum];
        int count = mine.Search(new ScreeningQuery(name), 0, hits);
        float own = hits.Take(count).Where(h => Index.Value.Names[h.NameIndex].EntityId == party).Select(h => h.Score).DefaultIfEmpty(-1).Max();
        return count > 0 && hits.Take(count).TakeWhile(h => h.Score > own).All(h => WithoutForm(Index.Value.Names[h.NameIndex].Name) == WithoutForm(name));
    }

    private static string WithoutForm(string name)
    {
        var tokens = new TokenizedName();
        NameFolder.Fold(name, tokens);
        var units = new NameUnit[TokenizedName.MaximumWords];
        int count = NameLexicon.Default.Tag(tokens, units);
        return string.Join(' ', units.Take(count).Where(u => u.Kind != UnitKind.LegalForm).SelectMany(u => Enumerable.Range(u.First, u.Words)).Select(w => tokens.Word(w).ToString()));
    }

    private static IEnumerable<string[]> Rows(string file)
    {
        using var reader = new StreamReader(SharedFactAttribute.Path("screening", file));
        string[] header = Fields(reader)!;
        while (Fields(reader) is { } row) yield return row.Length == header.Length ? row : throw new InvalidDataException(file);
    }

    /// <summary>The fields of the next record, which may be quoted; null at the end.</summary>
    private static string[]? Fields(StreamReader reader)
    {
        if (reader.Peek() < 0) return null;
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        while (true)
        {
            int c = reader.Read();
            if (quoted && c == '"' && reader.Peek() == '"') field.Append((char)reader.Read());
            else if (c == '"') quoted = !quoted;
            else if (c >= 0 && (quoted || c is not (',' or '\n' or '\r'))) field.Append((char)c);
            else if (c != '\r')
            {
                fields.Add(field.ToString());
                field.Clear();
                if (c is '\n' or < 0) return [.. fields];
            }
        }
    }
}
