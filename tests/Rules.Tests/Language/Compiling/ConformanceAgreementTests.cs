using System.Text.Json;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;
using Risk.Rules.Language.Compiling;

namespace Risk.Rules.Tests.Language.Compiling;

/// <summary>Interpreter and compiled code agree on the CEL project's own cases.</summary>
public sealed class ConformanceAgreementTests
{
    [Theory]
    [InlineData(CelMode.Conformance)]
    [InlineData(CelMode.Rules)]
    public void Cases_ThatTypeCheck_GiveTheSameCompiled(CelMode mode)
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { Length: > 0 } shared) return;
        int compiled = 0, decided = 0;
        var differences = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(shared, "conformance", "cel"), "*.json").Where(f => Path.GetFileName(f) != "index.json"))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                if (!CelCase.TryEnvironment(element, out CelEnvironment environment, out _)) continue;
                environment = CelEnvironment.Create(mode, environment.Variables, environment.ObjectTypes.Values, environment.Functions, environment.Container);
                string text = element.GetProperty("expr").GetString()!;
                if (CelCompiler.Compile(text, environment, null, new DiagnosticBag(), CelSource.Plain(text), CelOptions.NoFolding) is not { } expression) continue;
                var frame = new CelFrame(environment);
                if (!CelCase.TryBind(element, environment, frame, out _) || !expression.Prepare()) continue;
                compiled++;
                if (!expression.TryCompiled(frame, out CelValue value)) continue;
                decided++;
                CelValue interpreted = expression.Interpret(frame);
                if (!Agreement.Of(value, interpreted)) differences.Add($"{element.GetProperty("id").GetString()}: {expression.Text}: compiled {value}, interpreted {interpreted}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
        Assert.True(decided > 100, $"only {decided} of {compiled} compiled cases came to a value");
    }
}
