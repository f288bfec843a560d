using System.Text.Json;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Cli;

/// <summary>An assessment as <c>risk explain --json</c> writes it.</summary>
internal static class AssessmentJson
{
    public static void Write(Utf8JsonWriter json, Supplier supplier, Assessment assessment, Outlook outlook)
    {
        json.WriteStartObject();
        json.WriteString("supplier", supplier.Id.Value);
        json.WriteString("name", supplier.Name);
        json.WriteNumber("tier", supplier.Tier);
        json.WriteString("asOf", assessment.AsOf);
        json.WriteString("rules", assessment.RuleSetHash);
        json.WriteNumber("score", assessment.Score);
        json.WriteString("band", BandNames.Of(assessment.Band));
        if (assessment.RuleChange is { } change)
        {
            json.WriteStartObject("movedByRuleChange");
            json.WriteString("at", change.At);
            json.WriteString("fromRules", change.FromRuleSet);
            json.WriteNumber("scoreBefore", change.ScoreBefore);
            json.WriteString("bandBefore", BandNames.Of(change.BandBefore));
            json.WriteEndObject();
        }

        json.WriteNumber("priority", assessment.Priority);
        json.WriteNumber("coverage", assessment.Coverage);
        json.WriteNumber("confidence", assessment.Confidence);
        json.WriteBoolean("degraded", assessment.Degraded);
        JsonParts.Instant(json, "nextDueAt", assessment.NextDueAt);
        json.WriteBoolean("foreseeable", outlook.CanForesee);
        Crossing(json, "nextBand", outlook.Next);
        Crossing(json, "nextBandUnchecked", outlook.NextUnchecked);
        json.WriteStartArray("categories");
        foreach (CategoryScore category in assessment.Categories)
        {
            json.WriteStartObject();
            json.WriteString("category", category.Category);
            json.WriteNumber("points", category.Points);
            json.WriteNumber("score", category.Score);
            json.WriteNumber("weight", category.Weight);
            if (category.Coverage is { } known) json.WriteNumber("coverage", known);
            else json.WriteNull("coverage");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("contributions");
        foreach (Contribution contribution in assessment.Contributions)
        {
            json.WriteStartObject();
            json.WriteString("kind", contribution.Kind);
            json.WriteString("category", contribution.Category);
            json.WriteString("label", contribution.Label);
            json.WriteNumber("points", contribution.Points);
            json.WriteNumber("share", contribution.Share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("reproduced", outlook.IsReproduced);
        json.WriteStartArray("without");
        foreach (WhatIf without in outlook.WhatIfs)
        {
            json.WriteStartObject();
            json.WriteString("rule", without.Rule);
            json.WriteString("key", without.Key);
            json.WriteNumber("score", without.Score);
            json.WriteString("band", BandNames.Of(without.Band));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (Finding finding in assessment.Findings) Write(json, finding);
        json.WriteEndArray();
        json.WriteStartArray("missing");
        foreach (string missing in assessment.Missing) json.WriteStringValue(missing);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Crossing(Utf8JsonWriter json, string name, BandCrossing? crossing)
    {
        if (crossing is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("at", crossing.At);
        json.WriteString("from", BandNames.Of(crossing.From));
        json.WriteString("to", BandNames.Of(crossing.To));
        json.WriteNumber("score", crossing.Score);
        json.WriteString("because", crossing.Because);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("rule", finding.Rule);
        json.WriteString("title", finding.Title);
        json.WriteString("key", finding.Key);
        json.WriteString("category", finding.Category);
        json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        json.WriteString("state", finding.State.ToString().ToLowerInvariant());
        json.WriteNumber("points", finding.Points);
        json.WriteNumber("flapping", finding.Flapping);
        json.WriteString("message", finding.Message);
        json.WriteString("next", finding.Next);
        json.WriteString("since", finding.Since);
        json.WriteStartArray("missing");
        foreach (string missing in finding.Missing) json.WriteStringValue(missing);
        json.WriteEndArray();
        json.WriteString("error", finding.Error);
        json.WriteString("exception", finding.Exception);
        JsonParts.Evidence(json, finding.Evidence);
        json.WriteEndObject();
    }
}
