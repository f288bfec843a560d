using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>RULES.md 4.4 and the semantics 1 to 14 of section 5.</summary>
public sealed class MissingDataTests
{
    private const string Lost = "‹metrics.lost: stale›";
    private const string Both = "‹metrics.gone: absent, metrics.lost: stale›";

    [Theory]
    [InlineData("metrics.lost < 1.0", Lost)]
    [InlineData("!(metrics.lost < 1.0)", Lost)]
    [InlineData("metrics.lost != 1.0", Lost)]
    [InlineData("!(metrics.lost in [1.0, 2.0])", Lost)]
    [InlineData("metrics.lost < 1.0 || metrics.otd < 1.0 && true", "true")]
    [InlineData("metrics.otd < 0.9 || metrics.lost < 1.0", "true")]
    [InlineData("metrics.lost < 1.0 || metrics.otd < 0.5", Lost)]
    [InlineData("metrics.otd < 0.5 || metrics.lost < 1.0", Lost)]
    [InlineData("metrics.lost < 1.0 && metrics.otd < 0.5", "false")]
    [InlineData("metrics.otd < 0.5 && metrics.lost < 1.0", "false")]
    [InlineData("metrics.otd < 0.9 && metrics.lost < 1.0", Lost)]
    [InlineData("metrics.lost / metrics.gone < 0.2", Both)]
    [InlineData("metrics.lost < 1.0 || metrics.gone < 1.0", Both)]
    [InlineData("math.least(metrics.lost, metrics.gone) < 1.0", Both)]
    [InlineData("metrics.lost < 1.0 ? 1 : 2", Lost)]
    [InlineData("metrics.otd < 0.9 ? 1.0 : metrics.lost", "1.0")]
    [InlineData("has(metrics.lost)", "false")]
    [InlineData("has(metrics.otd)", "true")]
    [InlineData("last(metrics.lost)", "7.0")]
    [InlineData("events.stale.exists(e, e.severity >= 4)", "true")]
    [InlineData("events.stale.exists(e, e.severity >= 5)", "‹events.stale: stale›")]
    [InlineData("events.stale.all(e, e.severity >= 3)", "false")]
    [InlineData("events.stale.all(e, e.severity >= 1)", "‹events.stale: stale›")]
    [InlineData("events.stale.exists_one(e, e.severity >= 1)", "false")]
    [InlineData("size(events.stale) >= 1", "‹events.stale: stale›")]
    [InlineData("events.stale.filter(e, true).size() > 1", "‹events.stale: stale›")]
    [InlineData("events.stale.map(e, e.id)", "‹events.stale: stale›")]
    [InlineData("events.stale[0].id", "‹events.stale: stale›")]
    [InlineData("(events.fresh + events.stale).exists(e, e.severity == 4)", "true")]
    [InlineData("(events.fresh + events.stale).size()", "‹events.stale: stale›")]
    [InlineData("events.empty.exists(e, true)", "false")]
    [InlineData("events.empty.all(e, false)", "true")]
    [InlineData("events.fresh.exists(e, e.amount > 5.0)", "‹events.amount: absent›")]
    [InlineData("'iso' in certs", "true")]
    [InlineData("'soc2' in certs", "‹certs: stale›")]
    [InlineData("!('soc2' in certs) || since(certs['soc2'].at) < days(60)", "‹certs: stale›")]
    [InlineData("certs['iso'].id", "\"E1\"")]
    [InlineData("metrics.?lost.orValue(2.0)", "2.0")]
    [InlineData("metrics.?otd.orValue(metrics.lost)", "0.86")]
    public void Evaluate_WithMissingInputs_IsAsSpecified(string text, string expected) => Assert.Equal(expected, Sample.Evaluate(text).ToString());

    [Fact]
    public void Evaluate_MissingAndDivisionByZero_IsAnErrorWithBoth()
    {
        CelValue value = Sample.Evaluate("metrics.lost + metrics.otd / (metrics.otd - metrics.otd)");
        Assert.True(value.IsError);
        Assert.Contains("not a finite number", value.ErrorText, StringComparison.Ordinal);
        Assert.Equal("metrics.lost: stale", Assert.Single(value.MissingInputs));
    }

    [Fact]
    public void Logic_OnRandomTrees_AgreesWithAThreeValuedReference()
    {
        Prop.ForAll(Logic.Arbitrary, tree =>
        {
            CelValue value = Sample.Evaluate(tree.Text());
            bool? expected = tree.Value();
            Assert.Equal(expected switch { true => CelValueKind.Bool, false => CelValueKind.Bool, null => CelValueKind.Missing }, value.Kind);
            if (expected is { } known) Assert.Equal(known, value.AsBool);
            CelTrace trace = Sample.Compile(tree.Text()).Explain(Sample.Frame());
            Assert.Equal(value.ToString(), trace.Value.ToString());
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Kleene's three-valued logic, written down on its own.</summary>
    private abstract record Logic
    {
        public abstract string Text();

        public abstract bool? Value();

        public static Arbitrary<Logic> Arbitrary => Gen.Sized(Tree).ToArbitrary();

        private static Gen<Logic> Tree(int size)
        {
            Gen<Logic> leaf = Gen.Elements<Logic>(new Leaf("true", true), new Leaf("metrics.otd < 0.5", false), new Leaf("metrics.lost < 5.0", null), new Leaf("metrics.gone > 5.0", null));
            if (size < 2) return leaf;
            Gen<Logic> half = Tree(size / 2);
            return Gen.OneOf(leaf, half.Select(l => (Logic)new Not(l)), half.Two().Select(p => (Logic)new And(p.Item1, p.Item2)), half.Two().Select(p => (Logic)new Or(p.Item1, p.Item2)));
        }

        private sealed record Leaf(string Source, bool? Known) : Logic
        {
            public override string Text() => Source;

            public override bool? Value() => Known;
        }

        private sealed record Not(Logic Inner) : Logic
        {
            public override string Text() => $"!({Inner.Text()})";

            public override bool? Value() => !Inner.Value();
        }

        private sealed record And(Logic A, Logic B) : Logic
        {
            public override string Text() => $"({A.Text()}) && ({B.Text()})";

            public override bool? Value() => A.Value() & B.Value();
        }

        private sealed record Or(Logic A, Logic B) : Logic
        {
            public override string Text() => $"({A.Text()}) || ({B.Text()})";

            public override bool? Value() => A.Value() | B.Value();
        }
    }
}
