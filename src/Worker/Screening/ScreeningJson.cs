using System.Text.Json;
using Risk.Rules.Matching;

namespace Risk.Worker.Screening;

internal static class ScreeningJson
{
    /// <param name="dates">Of the lists in force, by source; none where the listed names came from a file.</param>
    public static void Write(Utf8JsonWriter json, string name, IReadOnlyList<MatchExplanation> hits, IReadOnlyDictionary<string, string> dates)
    {
        json.WriteStartObject();
        json.WriteString("query", name);
        json.WriteStartObject("lists");
        foreach ((string list, string date) in dates) json.WriteString(list, date);
        json.WriteEndObject();
        json.WriteStartArray("hits");
        foreach (MatchExplanation hit in hits)
        {
            json.WriteStartObject();
            json.WriteString("entityId", hit.Listed.EntityId);
            json.WriteString("name", hit.Listed.Name);
            json.WriteString("list", hit.Listed.List);
            if (dates.TryGetValue(hit.Listed.List, out string? date)) json.WriteString("listDate", date);
            json.WriteString("country", hit.Listed.Country);
            json.WriteNumber("score", Math.Round(hit.Score, 5));
            json.WriteString("band", ScoreBands.Of(hit.Score));
            json.WriteNumber("ofacParity", OfacParity.Score(name, hit.Listed.Name));
            json.WriteStartArray("reasons");
            foreach (MatchReason reason in hit.Reasons)
            {
                json.WriteStartObject();
                json.WriteString("text", reason.Text);
                json.WriteNumber("bits", Math.Round(reason.Bits, 2));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteStartObject();
        json.WriteNumber("listedNames", report.Targets);
        json.WriteNumber("queries", report.Queries);
        json.WriteNumber("buildS", report.BuildSeconds);
        json.WriteNumber("indexMb", report.IndexMegabytes);
        json.WriteNumber("namesPerSecond", report.NamesPerSecond);
        json.WriteNumber("p50Us", report.MedianMicroseconds);
        json.WriteNumber("p99Us", report.SlowestHundredthMicroseconds);
        json.WriteNumber("bytesPerQuery", report.BytesPerQuery);
        json.WriteNumber("referenceQueries", report.ReferenceQueries);
        json.WriteNumber("referenceNamesPerSecond", report.ReferencePerSecond);
        json.WriteNumber("ratioToReference", report.Ratio);
        json.WriteEndObject();
    }
}
