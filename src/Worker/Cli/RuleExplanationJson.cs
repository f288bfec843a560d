using System.Text.Json;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Worker.Cli;

/// <summary>A rule's explanation as <c>risk explain --rule --json</c> writes it.</summary>
internal static class RuleExplanationJson
{
    public static void Write(Utf8JsonWriter json, RuleExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("rule", explanation.Rule.Id);
        json.WriteString("standing", explanation.Standing);
        if (explanation.AppliesTo is { } appliesTo) Trace(json, "appliesTo", appliesTo);
        json.WriteStartArray("subjects");
        foreach (RuleSubjectTrace subject in explanation.Subjects)
        {
            json.WriteStartObject();
            json.WriteString("key", subject.Key);
            Trace(json, "when", subject.When);
            if (subject.Clear is { } clear) Trace(json, "clear", clear);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("limits");
        foreach (LimitInForce limit in explanation.Limits)
        {
            json.WriteStartObject();
            json.WriteString("name", limit.Name);
            json.WriteString("value", limit.Value);
            json.WriteString("origin", limit.Origin);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (Finding finding in explanation.Findings) AssessmentJson.Write(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Trace(Utf8JsonWriter json, string name, CelTrace trace)
    {
        json.WritePropertyName(name);
        Trace(json, trace);
    }

    private static void Trace(Utf8JsonWriter json, CelTrace trace)
    {
        json.WriteStartObject();
        json.WriteString("text", trace.Text);
        json.WriteString("value", trace.Value.ToString());
        json.WriteStartArray("parts");
        foreach (CelTrace child in trace.Children) Trace(json, child);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
