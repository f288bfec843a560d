using System.Globalization;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Checking;

/// <summary>Checks of rule mode on a tree without type errors (RULES.md 4.3): constants outside a field's range, whole-number division.</summary>
internal sealed class RuleChecks(CheckedTree tree, SyntaxErrors errors)
{
    public void Visit(SyntaxNode node)
    {
        if (node is CallSyntax { IsOperator: true, Arguments: [var left, var right] } call)
        {
            if (call.Function == "_/_" && tree.TypeOf(left).Kind == CelKind.Int && tree.TypeOf(right).Kind == CelKind.Int)
            {
                errors.Warning("C030", $"int / int drops the fraction, 7 / 2 is 3; write 7.0 or double({Text(left)})", call.Mark);
            }

            if (FieldOf(left) is { } onLeft && Number(right) is { } constant) CheckRange(call, call.Function, left, onLeft, constant, right);
            else if (FieldOf(right) is { } onRight && Number(left) is { } first) CheckRange(call, Mirrored(call.Function), right, onRight, first, left);
        }

        foreach (SyntaxNode child in node.Children) Visit(child);
    }

    private string Text(SyntaxNode node) => errors.Text[node.Span.Start..node.Span.End];

    private CelField? FieldOf(SyntaxNode node) =>
        node is SelectSyntax { Kind: SelectKind.Plain } && tree.Resolutions.GetValueOrDefault(node) is Resolution.Field field && (field.Owner.Fields[field.Slot] is { } declared) && (declared.Minimum ?? declared.Maximum) is not null
            ? declared
            : null;

    private static double? Number(SyntaxNode node) => node switch
    {
        LiteralSyntax { Value.Kind: CelValueKind.Int } literal => literal.Value.AsInt,
        LiteralSyntax { Value.Kind: CelValueKind.Double } literal => literal.Value.AsDouble,
        LiteralSyntax { Value.Kind: CelValueKind.Uint } literal => literal.Value.AsUint,
        CallSyntax { Function: "-_", Arguments: [var inner] } => -Number(inner),
        _ => null,
    };

    private static string Mirrored(string function) => function switch { "_<_" => "_>_", "_<=_" => "_>=_", "_>_" => "_<_", "_>=_" => "_<=_", _ => function };

    private void CheckRange(CallSyntax call, string function, SyntaxNode path, CelField field, double constant, SyntaxNode at)
    {
        double low = field.Minimum ?? double.NegativeInfinity, high = field.Maximum ?? double.PositiveInfinity;
        bool? always = function switch
        {
            "_<_" => constant > high ? true : constant <= low ? false : null,
            "_<=_" => constant >= high ? true : constant < low ? false : null,
            "_>_" => constant < low ? true : constant >= high ? false : null,
            "_>=_" => constant <= low ? true : constant > high ? false : null,
            "_==_" => constant < low || constant > high ? false : null,
            "_!=_" => constant < low || constant > high ? true : null,
            _ => null,
        };
        if (always is not { } outcome) return;
        string unit = string.IsNullOrEmpty(field.Unit) ? "lies" : field.Unit == "ratio" ? "is a ratio" : $"is in {field.Unit},";
        string advice = field.Unit == "ratio" && constant / 100 is var ratio && ratio > low && ratio < high && (constant < low || constant > high) ? $"; did you mean {ratio.ToString(CultureInfo.InvariantCulture)}?" : "";
        string range = string.Create(CultureInfo.InvariantCulture, $"[{low}, {high}]");
        errors.Error("C031", $"{Text(path)} {unit} in {range}; '{Text(call)}' is always {(outcome ? "true" : "false")}{advice}", at.Span);
    }
}
