using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Matching;

namespace Risk.MatchTrainer;

/// <summary>A name of the benchmark.</summary>
/// <param name="Expected">The listed party that it is; "" for a company that is not listed.</param>
internal sealed record Query(string Id, string Name, string Expected, string Kind)
{
    private static readonly HashSet<string> Unrelated = ["alias_far", "alias_acronym", "xlist_far", "xlist_other"];
    private static readonly HashSet<string> Real = ["alias_near", "xlist_latin", "xlist_same"];

    public bool IsListed => Expected.Length > 0;

    public bool IsReal => Real.Contains(Kind);

    public bool IsCyrillic => Kind == "xlist_cyrl";

    public bool IsMain => IsListed && !IsCyrillic && !Unrelated.Contains(Kind);

    public bool IsTrained => IsListed ? IsMain || IsCyrillic : true;

    /// <summary>Which of so many folds it is in: by party, or by the company's own name, so that no party is in two.</summary>
    public int Fold(int folds)
    {
        uint hash = 2166136261;
        foreach (char c in IsListed ? Expected : NameNormalizer.Normalize(Name)) hash = (hash ^ c) * 16777619;
        return (int)((hash ^ (hash >> 13)) % (uint)folds);
    }
}

internal sealed record LabelledPair(string First, string Second, bool IsMatch, float? Published);

/// <summary>The files of the name benchmark.</summary>
internal static class Benchmark
{
    public static IReadOnlyList<ListedName> Targets(string folder) => Read(Path.Combine(folder, "targets.csv"), r => new ListedName(
        r.Text("entity_id"), r.Text("name"), (NameStrength)int.Parse(r["is_alias"]), Enum.Parse<PartyKind>(r["type"], ignoreCase: true), r.Text("country"), r.Text("list")));

    public static IReadOnlyList<Query> Queries(string folder) => Read(Path.Combine(folder, "queries.csv"), r => new Query(r.Text("id"), r.Text("query"), r.Text("expected_entity_id"), r.Text("kind")));

    public static IReadOnlyList<LabelledPair> Pairs(string folder) => Read(Path.Combine(folder, "pairs.csv"), r => new LabelledPair(
        r.Text("name1"), r.Text("name2"), r.Text("is_match") == "1", float.TryParse(r["logic_v2_score"], out float published) ? published : null));

    private static List<T> Read<T>(string path, Func<CsvRecords, T> row)
    {
        var rows = new List<T>();
        using CsvRecords records = CsvRecords.Open(path, new CsvFormat(), path);
        while (records.Read()) rows.Add(row(records));
        return rows;
    }
}
