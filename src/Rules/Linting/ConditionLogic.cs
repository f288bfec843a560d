using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;
using Risk.Rules.Language.Checking;
using Risk.Rules.Language.Syntax;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Linting;

/// <summary>
/// Proves that a condition can never, or must always, hold, from its comparisons alone. What cannot be proven is taken as possible, so that a finding is never wrong:
/// every call, field and path is one unknown, equal wherever it is written alike, and all that is known of it are declared ranges and the values of limits.
/// </summary>
internal sealed class ConditionLogic
{
    private static readonly string[] Comparisons = ["_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"];

    private readonly CheckedTree tree;
    private readonly PackScope scope;
    private readonly string text;
    private readonly Dictionary<string, Interval> ranges = new(StringComparer.Ordinal);

    private ConditionLogic(CheckedTree tree, PackScope scope, string text)
    {
        this.tree = tree;
        this.scope = scope;
        this.text = text;
    }

    public SyntaxNode Root => tree.Root;

    public CheckedTree Tree => tree;

    /// <summary>Null when the text does not compile here; the loader has said so.</summary>
    public static ConditionLogic? Of(string text, CelEnvironment environment, PackScope scope)
    {
        var errors = new SyntaxErrors(CelSource.Plain(text), text, new DiagnosticBag());
        return Parser.Parse(text, errors) is { } syntax && Checker.Check(syntax, environment, errors) is { } tree && errors.Count == 0 ? new ConditionLogic(tree, scope, text) : null;
    }

    public Box? WhenTrue(Box box) => Refine(Root, true, box);

    public Box? WhenFalse(Box box) => Refine(Root, false, box);

    /// <summary>The one comparison of numbers that the condition is: its name, and the interval in which it holds; null when it is more.</summary>
    public (string Name, Interval Holds)? Simple() => Root is CallSyntax { Arguments: [var left, var right] } call && Array.IndexOf(Comparisons, call.Function) is >= 0 and < 4 && Difference(left, right) is { IsConstant: false } form
        ? (form.Name(out double factor), Holds(call.Function, form, factor))
        : null;

    /// <summary>As it stands in the source, in one line.</summary>
    public string Text(SyntaxNode node) => string.Join(' ', text[node.Span.Start..node.Span.End].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The box narrowed to where the node has the truth value, or null when it never has.</summary>
    private Box? Refine(SyntaxNode node, bool truth, Box box)
    {
        switch (node)
        {
            case LiteralSyntax { Value.Kind: CelValueKind.Bool } literal:
                return literal.Value.IsTrue == truth ? box : null;
            case CallSyntax { Function: "!_", Arguments: [var inner] }:
                return Refine(inner, !truth, box);
            case CallSyntax { Function: "_&&_" or "_||_" } junction:
                return junction.Function == "_&&_" == truth ? All(junction, truth, box) : Any(junction, truth, box);
            case CallSyntax { Arguments: [var left, var right] } call when Comparisons.Contains(call.Function):
                return Compare(call, left, right, truth, box);
            case CallSyntax { Function: "@in", Arguments: [var item, var list] } when Texts(list) is { } texts && tree.TypeOf(item).Kind == CelKind.Text:
                return box.With(Text(item), truth ? TextSet.Only(texts) : TextSet.AllBut(texts));
            default:
                return box.With(Text(node), TextSet.Only([truth ? "true" : "false"]));
        }
    }

    private Box? All(CallSyntax junction, bool truth, Box box)
    {
        Box? narrowed = box;
        foreach (SyntaxNode part in junction.Arguments)
        {
            narrowed = Refine(part, truth, narrowed);
            if (narrowed is null) return null;
        }

        return narrowed;
    }

    private Box? Any(CallSyntax junction, bool truth, Box box)
    {
        Box? either = null;
        foreach (SyntaxNode part in junction.Arguments) either = Box.Either(either, Refine(part, truth, box));
        return either;
    }

    private Box? Compare(CallSyntax call, SyntaxNode left, SyntaxNode right, bool truth, Box box)
    {
        if (Difference(left, right) is { } form)
        {
            string comparison = truth ? call.Function : Negated(call.Function);
            if (form.IsConstant) return Interval.Where(comparison, 0).And(Interval.Point(form.Constant)).IsEmpty || (comparison == "_!=_" && form.Constant == 0) ? null : box;
            string name = form.Name(out double factor);
            Interval known = box.Numbers.TryGetValue(name, out Interval narrowed) ? narrowed : RangeOf(form.Times(1 / factor));
            if (comparison == "_!=_") return known == Interval.Point(-form.Constant / factor) ? null : box;
            return box.With(name, known.And(Holds(comparison, form, factor)));
        }

        bool isEquality = call.Function == "_==_" || call.Function == "_!=_";
        if (isEquality && Literal(left) is { } first && Literal(right) is null) return box.With(Text(right), Equal(first, call.Function == "_==_" == truth));
        if (isEquality && Literal(right) is { } second && Literal(left) is null) return box.With(Text(left), Equal(second, call.Function == "_==_" == truth));
        return box.With(Text(call), TextSet.Only([truth ? "true" : "false"]));
    }

    private static TextSet Equal(string value, bool isEqual) => isEqual ? TextSet.Only([value]) : TextSet.AllBut([value]);

    /// <summary>Where <c>form OPERATOR 0</c> holds, for the form's named terms.</summary>
    private static Interval Holds(string comparison, LinearForm form, double factor) => Interval.Where(factor < 0 ? Mirrored(comparison) : comparison, -form.Constant / factor);

    private static string Mirrored(string comparison) => comparison switch { "_<_" => "_>_", "_<=_" => "_>=_", "_>_" => "_<_", "_>=_" => "_<=_", _ => comparison };

    private static string Negated(string comparison) => comparison switch { "_<_" => "_>=_", "_<=_" => "_>_", "_>_" => "_<=_", "_>=_" => "_<_", "_==_" => "_!=_", _ => "_==_" };

    private LinearForm? Difference(SyntaxNode left, SyntaxNode right) => IsMeasure(left) && IsMeasure(right) && Linear(left) is { } a && Linear(right) is { } b ? a.Plus(b.Times(-1)) : null;

    private bool IsMeasure(SyntaxNode node) => tree.TypeOf(node).Kind is CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Duration;

    private LinearForm? Linear(SyntaxNode node)
    {
        switch (node)
        {
            case LiteralSyntax { Value.Kind: CelValueKind.Int } literal: return LinearForm.Of(literal.Value.AsInt);
            case LiteralSyntax { Value.Kind: CelValueKind.Double } literal: return LinearForm.Of(literal.Value.AsDouble);
            case CallSyntax { Function: "-_", Arguments: [var inner] }: return Linear(inner)?.Times(-1);
            case CallSyntax { Function: "_+_", Arguments: [var a, var b] } when IsMeasure(a) && IsMeasure(b): return Linear(a) is { } x && Linear(b) is { } y ? x.Plus(y) : null;
            case CallSyntax { Function: "_-_", Arguments: [var a, var b] } when IsMeasure(a) && IsMeasure(b): return Linear(a) is { } p && Linear(b) is { } q ? p.Plus(q.Times(-1)) : null;
            case CallSyntax { Function: "_*_", Arguments: [var a, var b] }:
                if (Linear(a) is { IsConstant: true } left) return Linear(b)?.Times(left.Constant);
                return Linear(b) is { IsConstant: true } right ? Linear(a)?.Times(right.Constant) : Symbol(node);
            case CallSyntax { Function: "_/_", Arguments: [var a, var b] } when tree.TypeOf(node).Kind == CelKind.Double:
                return Linear(b) is { IsConstant: true, Constant: not 0 } divisor ? Linear(a)?.Times(1 / divisor.Constant) : Symbol(node);
            case CallSyntax { Function: "double", Target: null, Arguments: [var number] } when tree.TypeOf(number).Kind == CelKind.Int: return Linear(number);
            case CallSyntax { Function: "days" or "weeks" or "hours", Target: null, Arguments: [LiteralSyntax { Value.Kind: CelValueKind.Int } count] } span:
                return LinearForm.Of(count.Value.AsInt * (span.Function == "weeks" ? 604_800.0 : span.Function == "days" ? 86_400 : 3_600));
            case LiteralSyntax: return null;
            default: return Symbol(node);
        }
    }

    private LinearForm Symbol(SyntaxNode node)
    {
        string name = Text(node);
        if (!ranges.ContainsKey(name)) ranges[name] = DeclaredRange(node);
        return LinearForm.Of(name);
    }

    private Interval RangeOf(LinearForm form)
    {
        Interval sum = Interval.Point(0);
        foreach ((string symbol, double factor) in form.Terms) sum = sum.Plus(ranges[symbol].Times(factor));
        return sum;
    }

    private Interval DeclaredRange(SyntaxNode node)
    {
        if (LimitOf(node, tree, scope) is { } limit)
        {
            double[] values = [.. limit.Overrides.Select(o => Number(o.Value)).Append(Number(limit.Default))];
            return Interval.Between(values.Min(), values.Max());
        }

        return FieldOf(node, tree) is { } field ? Interval.Between(field.Minimum ?? double.NegativeInfinity, field.Maximum ?? double.PositiveInfinity) : Interval.All;
    }

    /// <summary>The limit that the node names, or null.</summary>
    public static Limit? LimitOf(SyntaxNode node, CheckedTree tree, PackScope scope) =>
        node is SelectSyntax { Kind: SelectKind.Plain } select && tree.Resolutions.GetValueOrDefault(select.Operand) is Resolution.Variable { Name: "limit" }
            ? scope.Limits.FirstOrDefault(l => l.Name == select.Field) : null;

    /// <summary>The declared field that the node reads, or null.</summary>
    public static CelField? FieldOf(SyntaxNode node, CheckedTree tree) =>
        node is SelectSyntax { Kind: SelectKind.Plain } && tree.Resolutions.GetValueOrDefault(node) is Resolution.Field field ? field.Owner.Fields[field.Slot] : null;

    public static double Number(CelValue value) => value.Kind == CelValueKind.Int ? value.AsInt : value.AsDouble;

    private static string? Literal(SyntaxNode node) => node switch
    {
        LiteralSyntax { Value.Kind: CelValueKind.Text } literal => literal.Value.AsText,
        LiteralSyntax { Value.Kind: CelValueKind.Bool } literal => literal.Value.IsTrue ? "true" : "false",
        _ => null,
    };

    private ImmutableArray<string>? Texts(SyntaxNode list)
    {
        if (list is ListSyntax written)
            return written.Items.All(i => !i.IsOptional && i.Value is LiteralSyntax { Value.Kind: CelValueKind.Text }) ? [.. written.Items.Select(i => ((LiteralSyntax)i.Value).Value.AsText)] : null;
        if (list is not SelectSyntax { Kind: SelectKind.Plain } select || tree.Resolutions.GetValueOrDefault(select.Operand) is not Resolution.Variable { Name: "lists" }) return null;
        if (tree.Resolutions.GetValueOrDefault(list) is not Resolution.Field field || field.Slot >= scope.Lists.Length || scope.Lists[field.Slot] is not { Kind: CelValueKind.List } value) return null;
        return value.AsList.Items.All(v => v.Kind == CelValueKind.Text) ? [.. value.AsList.Items.Select(v => v.AsText)] : null;
    }
}
