using System.Text.Json;
using Risk.Testing;

namespace Risk.Rules.Tests.Language;

/// <summary>The CEL project's own cases, through the seam that <c>risk eval --batch</c> uses.</summary>
public sealed class ConformanceTests
{
    [SharedFact]
    public void Cases_OfEverySupportedSection_Pass()
    {
        var report = new List<string>();
        var failures = new List<string>();
        int passed = 0, total = 0;
        foreach (string file in Directory.EnumerateFiles(SharedFactAttribute.Path("conformance", "cel"), "*.json").Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) == "index.json") continue;
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            int sectionPassed = 0, sectionTotal = 0;
            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                if (!ConformanceCase.IsJudged(element)) continue;
                if (ConformanceCase.Skipped(element) is { } skipped)
                {
                    Assert.Contains("'block'", skipped, StringComparison.Ordinal);
                    continue;
                }

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
        Assert.Equal(1216, total);
    }
}
