using System.Text.Json;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Worker.Cli;

/// <summary>A rule's explanation as <c>risk explain --rule --json</c> writes it.</summary>
internal static class RuleExplanationJson
{
    /// <param name="kind">What <paramref name="about"/> is: supplier or group.</param>
    public static void Write(Utf8JsonWriter json, string kind, string about, DateTimeOffset at, RuleExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("rule", explanation.Rule.Id);
        json.WriteString("title", explanation.Rule.Title);
        json.WriteString(kind, about);
        json.WriteString("asOf", at);
        json.WriteString("standing", explanation.Standing);
        if (explanation.AppliesTo is { } appliesTo) Trace(json, "appliesTo", appliesTo);
        json.WriteStartArray("subjects");
        foreach (RuleSubjectTrace subject in explanation.Subjects)
        {
            json.WriteStartObject();
            json.WriteString("key", subject.Key);
            json.WriteString("condition", subject.Verdict);
            json.WriteStartArray("deciding");
            foreach (DecidingOperand operand in subject.Deciding)
            {
                json.WriteStartObject();
                json.WriteString("text", operand.Text);
                json.WriteString("reading", operand.Reading);
                json.WriteString("missedBy", operand.Gap);
                Texts(json, "missing", operand.Missing);
                json.WriteEndObject();
            }

            json.WriteEndArray();
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
        if (!explanation.Members.IsEmpty)
        {
            json.WriteStartArray("members");
            foreach (GroupMember member in explanation.Members)
            {
                json.WriteStartObject();
                json.WriteString("supplier", member.Supplier.Value);
                json.WriteNumber("tier", member.Tier);
                if (member.Spend is { } spend) json.WriteNumber("spend", spend);
                json.WriteString("currency", member.Currency);
                json.WriteString("missing", member.Missing);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        Texts(json, "clocks", explanation.Clocks);
        if (explanation.Exception is { } exception)
        {
            json.WriteStartObject("exception");
            json.WriteString("id", exception.Id);
            json.WriteString("reason", exception.Reason);
            json.WriteString("approvedBy", exception.ApprovedBy);
            json.WriteString("expiresAt", exception.ExpiresAt);
            json.WriteBoolean("countsInScore", exception.CountsInScore);
            json.WriteEndObject();
        }

        if (explanation.Next is { } next)
        {
            json.WriteStartObject("next");
            json.WriteString("at", next.At);
            json.WriteString("key", next.Key);
            json.WriteString("what", next.What);
            json.WriteEndObject();
        }

        json.WriteStartArray("findings");
        foreach (Finding finding in explanation.Findings) AssessmentJson.Write(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
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
