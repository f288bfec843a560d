using System.Collections.Immutable;

namespace Risk.Rules.Language.Syntax;

/// <summary>Recognises macro calls by name, form and number of arguments.</summary>
internal static class Macros
{
    /// <summary>The macro's node; null when the call is an ordinary one. A macro with a wrong argument is reported.</summary>
    public static SyntaxNode? TryExpand(string name, SyntaxNode? target, ImmutableArray<SyntaxNode> arguments, Span span, Span mark, SyntaxErrors errors)
    {
        if (target is null) return name == "has" && arguments.Length == 1 ? Has(arguments[0], span, errors) : null;
        if (name == "bind" && arguments.Length == 3 && target is NameSyntax { Name: "cel" })
        {
            return Variable(arguments[0], errors) is { } bound ? new BindSyntax(span, mark, BindKind.Bind, bound, arguments[1], arguments[2]) : arguments[2];
        }

        if (name is "optMap" or "optFlatMap" && arguments.Length == 2)
        {
            BindKind kind = name == "optMap" ? BindKind.OptionalMap : BindKind.OptionalFlatMap;
            return Variable(arguments[0], errors) is { } bound ? new BindSyntax(span, mark, kind, bound, target, arguments[1]) : target;
        }

        return Loop(name, arguments.Length) is { } form ? Expand(form, target, arguments, span, mark, errors) : null;
    }

    private static (LoopKind Kind, bool IsTwoVariable, bool HasFilter)? Loop(string name, int arguments) => (name, arguments) switch
    {
        ("all", 2) => (LoopKind.All, false, false),
        ("exists", 2) => (LoopKind.Exists, false, false),
        ("exists_one" or "existsOne", 2) => (LoopKind.ExistsOne, false, false),
        ("filter", 2) => (LoopKind.Filter, false, false),
        ("map", 2) => (LoopKind.Map, false, false),
        ("map", 3) => (LoopKind.Map, false, true),
        ("all", 3) => (LoopKind.All, true, false),
        ("exists", 3) => (LoopKind.Exists, true, false),
        ("existsOne" or "exists_one", 3) => (LoopKind.ExistsOne, true, false),
        ("transformList", 3) => (LoopKind.TransformList, true, false),
        ("transformList", 4) => (LoopKind.TransformList, true, true),
        ("transformMap", 3) => (LoopKind.TransformMap, true, false),
        ("transformMap", 4) => (LoopKind.TransformMap, true, true),
        ("transformMapEntry", 3) => (LoopKind.TransformMapEntry, true, false),
        ("transformMapEntry", 4) => (LoopKind.TransformMapEntry, true, true),
        _ => null,
    };

    private static SyntaxNode Expand((LoopKind Kind, bool IsTwoVariable, bool HasFilter) form, SyntaxNode target, ImmutableArray<SyntaxNode> arguments, Span span, Span mark, SyntaxErrors errors)
    {
        string? first = Variable(arguments[0], errors);
        string? second = form.IsTwoVariable ? Variable(arguments[1], errors) : null;
        if (first is null || (form.IsTwoVariable && second is null)) return target;
        if (first == second)
        {
            errors.Error("C005", $"the two variables have one name, '{first}'", arguments[1].Span);
            return target;
        }

        SyntaxNode? filter = form.HasFilter ? arguments[^2] : null;
        return new LoopSyntax(span, mark, form.Kind, target, first, second, filter, arguments[^1]);
    }

    private static string? Variable(SyntaxNode node, SyntaxErrors errors)
    {
        if (node is NameSyntax { IsRooted: false } name && name.Name is not ("__result__" or "@result")) return name.Name;
        errors.Error("C005", "a macro's variable must be a plain name", node.Span);
        return null;
    }

    private static SyntaxNode Has(SyntaxNode argument, Span span, SyntaxErrors errors)
    {
        if (argument is SelectSyntax { Kind: not SelectKind.Has } select) return new SelectSyntax(span, select.Mark, select.Operand, select.Field, SelectKind.Has);
        bool isIndex = argument is CallSyntax { Function: "_[_]" };
        errors.Error("C006", isIndex ? $"has() takes a field, as has(a.b); for a key of a map write {IndexAdvice(argument, errors)}" : "has() takes a field, as has(a.b)", argument.Span);
        return argument;
    }

    private static string IndexAdvice(SyntaxNode index, SyntaxErrors errors)
    {
        var call = (CallSyntax)index;
        return $"'{Text(call.Arguments[1])} in {Text(call.Arguments[0])}'";
        string Text(SyntaxNode node) => errors.Text[node.Span.Start..node.Span.End];
    }
}
