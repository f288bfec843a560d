using System.Collections.Immutable;
using System.Text.Json;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>The CEL project's own cases, read from the folder that RISK_SHARED names; nothing is checked when it is not set.</summary>
public sealed class ConformanceTests
{
    /// <summary>Sections outside the language that is offered: an optimiser's internal form; the network library.</summary>
    private static readonly string[] Outside = ["block", "network"];

    [Fact]
    public void Cases_OfEverySupportedSection_Pass()
    {
        if (Folder() is not { } folder) return;
        var report = new List<string>();
        var failures = new List<string>();
        int passed = 0, total = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (Path.GetFileName(file) == "index.json") continue;
            int sectionPassed = 0, sectionTotal = 0;
            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                if (!ConformanceCase.IsJudged(element, Outside)) continue;
                sectionTotal++;
                string? problem = ConformanceCase.Run(element);
                if (problem is null) sectionPassed++;
                else failures.Add($"{element.GetProperty("id").GetString()}: {element.GetProperty("expr").GetString()}\n    {problem}");
            }

            report.Add($"{Path.GetFileNameWithoutExtension(file)} {sectionPassed}/{sectionTotal}");
            passed += sectionPassed;
            total += sectionTotal;
        }

        Assert.True(failures.Count == 0, $"{passed} of {total} pass: {string.Join(", ", report)}\n{string.Join("\n", failures)}");
        Assert.True(total >= 1000, $"only {total} cases were found");
    }

    private static string? Folder() => Environment.GetEnvironmentVariable("RISK_SHARED") is { Length: > 0 } shared && Path.Combine(shared, "conformance", "cel") is var folder && Directory.Exists(folder) ? folder : null;
}
