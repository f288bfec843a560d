using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using Risk.Rules.Diagnostics;
using Risk.Rules.RuleTesting;

namespace Risk.Worker.Cli;

/// <summary>A test report for people, for programs, and for build servers (JUnit XML).</summary>
internal static class RuleTestOutput
{
    public static void WriteText(CommandOutput output, RuleTestReport report, bool withCoverage)
    {
        foreach (RuleTestResult result in report.Results.Where(r => !r.Passed))
        {
            output.Line($"FAILED {result.Name}");
            foreach (string line in result.Failures.SelectMany(Lines)) output.Line($"  {line}");
        }

        if (withCoverage) WriteCoverage(output, report);
        int failed = report.Results.Count(r => !r.Passed);
        output.Line($"{report.Results.Length - failed} passed, {failed} failed");
    }

    public static void WriteJson(Utf8JsonWriter json, RuleTestReport report, bool withCoverage)
    {
        int failed = report.Results.Count(r => !r.Passed);
        json.WriteStartObject();
        json.WriteNumber("passed", report.Results.Length - failed);
        json.WriteNumber("failed", failed);
        json.WriteStartArray("results");
        foreach (RuleTestResult result in report.Results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteString("file", result.Position.File);
            json.WriteNumber("line", result.Position.Line);
            json.WriteBoolean("passed", result.Passed);
            json.WriteStartArray("failures");
            foreach (RuleTestFailure failure in result.Failures) Write(json, failure);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (withCoverage)
        {
            json.WriteStartArray("coverage");
            foreach (RuleTestCoverage rule in report.Coverage) Write(json, rule);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>One suite for each test file, one case for each test.</summary>
    public static void WriteJUnit(Stream target, RuleTestReport report)
    {
        using var xml = XmlWriter.Create(target, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) });
        xml.WriteStartElement("testsuites");
        Counts(xml, report.Results);
        foreach (IGrouping<string, RuleTestResult> file in report.Results.GroupBy(r => r.Position.File, StringComparer.Ordinal))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Clean(file.Key));
            Counts(xml, [.. file]);
            foreach (RuleTestResult result in file)
            {
                xml.WriteStartElement("testcase");
                xml.WriteAttributeString("classname", Clean(file.Key));
                xml.WriteAttributeString("name", Clean(result.Name));
                xml.WriteAttributeString("file", Clean(file.Key));
                xml.WriteAttributeString("line", result.Position.Line.ToString(CultureInfo.InvariantCulture));
                foreach (RuleTestFailure failure in result.Failures)
                {
                    xml.WriteStartElement("failure");
                    xml.WriteAttributeString("message", Clean(failure.ToString()));
                    xml.WriteString(Clean(string.Join('\n', Lines(failure))));
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>Where, what was expected and what came, and how the rule came to it.</summary>
    private static IEnumerable<string> Lines(RuleTestFailure failure)
    {
        (string expected, string actual) = TextDifference.Of(failure.Expected, failure.Actual);
        yield return $"{failure.Position.File}:{failure.Position.Line.ToString(CultureInfo.InvariantCulture)}:{failure.Position.Column.ToString(CultureInfo.InvariantCulture)}{(failure.Rule.Length == 0 ? "" : ": " + failure.Rule)}";
        yield return $"    expected  {expected}";
        yield return $"    got       {actual}";
        foreach (string line in failure.Derivation) yield return $"      {line}";
    }

    private static void WriteCoverage(CommandOutput output, RuleTestReport report)
    {
        foreach (RuleTestCoverage rule in report.Coverage.Where(c => !c.Lacks.IsEmpty)) output.Line($"{rule.Rule}: no test for {string.Join(", ", rule.Lacks)}");
        int complete = report.Coverage.Count(c => c.IsComplete), whole = report.Coverage.Count(c => c.Lacks.IsEmpty);
        output.Line($"Coverage: {complete.ToString(CultureInfo.InvariantCulture)} of {CommandOutput.Count(report.Coverage.Length, "rule")} seen firing, not firing and unknown; {whole.ToString(CultureInfo.InvariantCulture)} in every branch");
    }

    private static void Write(Utf8JsonWriter json, RuleTestFailure failure)
    {
        json.WriteStartObject();
        json.WriteString("file", failure.Position.File);
        json.WriteNumber("line", failure.Position.Line);
        json.WriteNumber("column", failure.Position.Column);
        json.WriteString("rule", failure.Rule);
        json.WriteString("expected", failure.Expected);
        json.WriteString("actual", failure.Actual);
        json.WriteStartArray("derivation");
        foreach (string line in failure.Derivation) json.WriteStringValue(line);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RuleTestCoverage rule)
    {
        json.WriteStartObject();
        json.WriteString("rule", rule.Rule);
        json.WriteBoolean("firing", rule.Fired);
        json.WriteBoolean("notFiring", rule.StayedSilent);
        json.WriteBoolean("unknown", rule.WasUnknown);
        json.WriteBoolean("complete", rule.IsComplete);
        json.WriteStartArray("lacks");
        foreach (string lack in rule.Lacks) json.WriteStringValue(lack);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Counts(XmlWriter xml, IReadOnlyCollection<RuleTestResult> results)
    {
        xml.WriteAttributeString("tests", results.Count.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", results.Count(r => !r.Passed).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", "0");
    }

    /// <summary>Names and messages may hold what XML cannot.</summary>
    private static string Clean(string text) => text.All(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)) ? text : string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) ? c : '?'));
}
