using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Tests.Language.Compiling;

/// <summary>Interpreter and compiled code agree on random expressions over random dossiers. RISK_FUZZ_ROUNDS says how many expressions.</summary>
public sealed class AgreementTests
{
    private const int DossiersForEach = 12;

    private static int Rounds => int.TryParse(System.Environment.GetEnvironmentVariable("RISK_FUZZ_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 3_000;

    [Theory]
    [InlineData(CelMode.Rules, 1)]
    [InlineData(CelMode.Conformance, 2)]
    public void RandomExpressions_OverRandomDossiers_GiveTheSameCompiled(CelMode mode, int seed)
    {
        var random = new Random(seed);
        var expressions = new RandomExpressions(random);
        PackScope scope = RandomWorld.Scope();
        CelEnvironment environment = RandomWorld.Environment(scope, mode);
        EvaluationScratch compiling = RandomWorld.Scratch(scope), interpreting = RandomWorld.Scratch(scope);
        int checkedTexts = 0, compiled = 0, values = 0, decided = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string text = random.Next(6) switch { 0 => expressions.Double(3), 1 => expressions.Int(3), 2 => expressions.Time(2), 3 => expressions.Span(2), _ => expressions.Bool(random.Next(1, 5)) };
            if (CelCompiler.Compile(text, environment, null, new DiagnosticBag()) is not { } expression) continue;
            checkedTexts++;
            bool isCompiled = expression.Prepare();
            if (isCompiled) compiled++;
            for (int i = 0; i < DossiersForEach; i++)
            {
                Dossiers.Dossier dossier = RandomWorld.Dossier(random);
                compiling.Reset(dossier);
                interpreting.Reset(dossier);
                CelValue wanted = expression.Interpret(interpreting.FrameOf(scope));
                CelValue given = expression.Evaluate(compiling.FrameOf(scope));
                Assert.True(Agreement.Of(wanted, given), $"{text}\ninterpreted: {wanted}\ncompiled:    {given}");
                if (expression.Type.Kind == CelKind.Bool) Assert.Equal(wanted.IsFailure ? CelOutcome.Undecided : wanted.IsTrue ? CelOutcome.True : CelOutcome.False, expression.Decide(compiling.FrameOf(scope)));
                if (wanted.IsFailure || !isCompiled) continue;
                values++;
                if (expression.TryCompiled(compiling.FrameOf(scope), out _)) decided++;
            }
        }

        // So that agreement is not that of the interpreter with itself. Nanoseconds and what is never compiled are left to it.
        Assert.True(checkedTexts > Rounds / 2, $"{checkedTexts} of {Rounds} texts type-check");
        Assert.True(compiled > checkedTexts * 0.8, $"{compiled} of {checkedTexts} were compiled");
        Assert.True(decided > values * 0.85, $"compiled code came to {decided} of {values} values");
    }
}
