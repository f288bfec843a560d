using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language.Library;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Checking;

/// <summary>Finds the overloads of calls and operators.</summary>
internal sealed class CallChecker(CelEnvironment environment, TypeUnifier types, Checker checker, CheckedTree tree, bool isStrict)
{
    private bool IsRules => environment.Mode == CelMode.Rules;

    public CelType Visit(CallSyntax call)
    {
        if (call.IsOperator) return Operator(call);
        if (call.Target is not null && checker.QualifiedName(call.Target, out bool isRooted) is { } qualifier && Find($"{qualifier}.{call.Function}", isRooted) is { IsEmpty: false } qualified)
        {
            return Invoke(call, qualified.Where(f => !f.IsMember), passTarget: false);
        }

        if (call.Target is null)
        {
            bool rooted = call.Function[0] == '.';
            ImmutableArray<CelFunction> found = Find(rooted ? call.Function[1..] : call.Function, rooted);
            if (found.FirstOrDefault(f => f.ReferencedType is not null) is { } reference) return Reference(call, reference);
            return Invoke(call, found.Where(f => !f.IsMember), passTarget: false);
        }

        return Invoke(call, environment.Table[call.Function].Where(f => f.IsMember), passTarget: true);
    }

    private ImmutableArray<CelFunction> Find(string name, bool isRooted)
    {
        foreach (string candidate in environment.Candidates(name, isRooted))
        {
            if (environment.Table[candidate] is { IsEmpty: false } found) return found;
        }

        return [];
    }

    private CelType Operator(CallSyntax call)
    {
        CelType[] arguments = [.. call.Arguments.Select(checker.Visit)];
        switch (call.Function)
        {
            case "_&&_" or "_||_":
                for (int i = 0; i < arguments.Length; i++)
                {
                    if (!types.TryAssign(arguments[i], CelType.Bool)) checker.Error("C010", $"'{Symbol(call)}' joins conditions; this is {checker.Described(arguments[i])}", call.Arguments[i].Span);
                }

                return CelType.Bool;
            case "_?_:_":
                return Conditional(call, arguments);
            case "_[_]" or "_[?_]":
                return Index(call, arguments);
            case "_==_" or "_!=_" or "@in" when IsRules && AreComparable(call.Function, types.Resolve(arguments[0]), types.Resolve(arguments[1])):
                return CelType.Bool;
            default:
                return Choose(call, environment.Table[call.Function], arguments, passTarget: false);
        }
    }

    /// <summary>Numbers compare across types in rules: <c>metrics.count == 1.0</c>, <c>1 in [1.0]</c>.</summary>
    private static bool AreComparable(string function, CelType left, CelType right)
    {
        if (function == "@in") right = right.Kind is CelKind.List or CelKind.Map ? right.Arguments[0] : CelType.Dyn;
        return left.IsNumber && right.IsNumber;
    }

    private CelType Conditional(CallSyntax call, CelType[] arguments)
    {
        if (!types.TryAssign(arguments[0], CelType.Bool)) checker.Error("C010", $"the condition before '?' must be bool, not {checker.Described(arguments[0])}", call.Arguments[0].Span);
        CelType whenTrue = types.Resolve(arguments[1]), whenFalse = types.Resolve(arguments[2]);
        if (IsRules && whenTrue.IsNumber && whenFalse.IsNumber && whenTrue != whenFalse && whenTrue.Kind != CelKind.Uint && whenFalse.Kind != CelKind.Uint)
        {
            Resolve(call, [], false, [false, whenTrue.Kind == CelKind.Int, whenFalse.Kind == CelKind.Int]);
            return CelType.Double;
        }

        if (types.TryAssign(whenTrue, whenFalse) || types.TryAssign(whenFalse, whenTrue))
        {
            return whenTrue.Kind == CelKind.Null ? whenFalse : types.MostGeneral(types.Resolve(whenTrue), types.Resolve(whenFalse));
        }

        checker.Error("C010", $"both results of '? :' must have one type, not {checker.Described(whenTrue)} and {checker.Described(whenFalse)}", call.Mark);
        return CelType.Dyn;
    }

    private CelType Index(CallSyntax call, CelType[] arguments)
    {
        CelType operand = types.Resolve(arguments[0]);
        bool isOptional = operand.Kind == CelKind.Optional;
        if (isOptional) operand = types.Resolve(operand.Arguments[0]);
        CelType result = CelType.Dyn;
        CelType index = types.Resolve(arguments[1]);
        if (operand.Kind == CelKind.List)
        {
            if (!index.IsNumber && !types.TryAssign(index, CelType.Int)) checker.Error("C010", $"a list's index must be int, not {checker.Described(index)}", call.Arguments[1].Span);
            result = operand.Arguments[0];
        }
        else if (operand.Kind == CelKind.Map)
        {
            if (!types.TryAssign(index, operand.Arguments[0]) && !(index.IsNumber && types.Resolve(operand.Arguments[0]).IsNumber))
            {
                checker.Error("C010", $"the map's keys are {checker.Described(operand.Arguments[0])}, not {checker.Described(index)}", call.Arguments[1].Span);
            }

            result = operand.Arguments[1];
        }
        else if (operand.Kind != CelKind.Dyn)
        {
            checker.Error("C010", $"only lists and maps have an index; this is {checker.Described(operand)}", call.Mark);
        }

        return isOptional || call.Function == "_[?_]" ? CelType.Optional(result) : result;
    }

    private CelType Invoke(CallSyntax call, IEnumerable<CelFunction> candidates, bool passTarget)
    {
        CelFunction[] named = [.. candidates];
        var arguments = new List<CelType>();
        if (passTarget) arguments.Add(checker.Visit(call.Target!));
        arguments.AddRange(call.Arguments.Select(checker.Visit));
        if (named.Length == 0)
        {
            string name = call.Function.TrimStart('.');
            bool isGlobal = !passTarget || environment.Table[name].IsEmpty;
            string advice = isGlobal ? Suggestion.For(name, environment.Table.Names) : $"; write {name}(...)";
            checker.Error("C015", passTarget && types.Resolve(arguments[0]).Kind != CelKind.Dyn ? $"{checker.Described(arguments[0])} has no function '{name}'{advice}" : $"there is no function '{name}'{advice}", call.Mark);
            tree.Resolutions[call] = new Resolution.Unknown($"no function '{name}'");
            return CelType.Dyn;
        }

        return named[0].IsVariadic ? Variadic(call, named, arguments) : Choose(call, named, arguments, passTarget);
    }

    /// <summary><c>math.least</c> and <c>math.greatest</c>: any number of numbers, or one list of them.</summary>
    private CelType Variadic(CallSyntax call, CelFunction[] named, List<CelType> arguments)
    {
        CelType[] numbers = [.. arguments.Select(a => types.Resolve(a))];
        if (numbers is [{ Kind: CelKind.List } list]) numbers = [types.Resolve(list.Arguments[0])];
        int wrong = Array.FindIndex(numbers, n => !n.IsNumber && n.Kind != CelKind.Dyn);
        if (numbers.Length == 0 || wrong >= 0 || call.Arguments is [ListSyntax { Items.IsEmpty: true }])
        {
            checker.Error("C010", $"{checker.Text(call.Target?.Span ?? call.Mark)}.{call.Function}() takes numbers, or a list of numbers{(wrong >= 0 ? $"; this is {checker.Described(numbers[wrong])}" : "")}", wrong >= 0 && wrong < call.Arguments.Length ? call.Arguments[wrong].Span : call.Mark);
        }

        bool widens = IsRules && numbers.Length > 1 && numbers.Any(n => n.Kind == CelKind.Double) && numbers.All(n => n.Kind is CelKind.Int or CelKind.Double);
        Resolve(call, [.. named], false, widens ? [.. numbers.Select(n => n.Kind == CelKind.Int)] : []);
        if (widens) return CelType.Double;
        return numbers.Length > 0 && numbers.All(n => n == numbers[0]) ? numbers[0] : CelType.Dyn;
    }

    private CelType Choose(CallSyntax call, IReadOnlyList<CelFunction> named, IReadOnlyList<CelType> arguments, bool passTarget)
    {
        var matching = ImmutableArray.CreateBuilder<CelFunction>();
        CelType? result = null;
        foreach (CelFunction overload in named)
        {
            if (overload.Parameters.Length != arguments.Count) continue;
            (ImmutableArray<CelType> parameters, CelType produced) = types.Instantiate(overload.Parameters, overload.Result ?? CelType.Dyn);
            if (!types.TryAssign(arguments, parameters)) continue;
            matching.Add(overload);
            CelType type = types.Resolve(produced);
            result = result is null || result == type ? type : CelType.Dyn;
        }

        if (result is null && IsRules && ChooseWidened(named, arguments) is { } widened)
        {
            Resolve(call, [widened.Overload], passTarget, widened.Widen);
            return widened.Overload.Result!;
        }

        if (result is null)
        {
            ReportMismatch(call, named, arguments, passTarget);
            Resolve(call, [.. named], passTarget, []);
            return CelType.Dyn;
        }

        Resolve(call, isStrict ? matching.ToImmutable() : [.. named], passTarget, []);
        return result;
    }

    /// <summary>An overload that fits once ints become doubles; only where the static types say int.</summary>
    private (CelFunction Overload, ImmutableArray<bool> Widen)? ChooseWidened(IReadOnlyList<CelFunction> named, IReadOnlyList<CelType> arguments)
    {
        foreach (CelFunction overload in named)
        {
            if (overload.Parameters.Length != arguments.Count || overload.Result is null) continue;
            bool[] widen = [.. arguments.Select((a, i) => types.Resolve(a).Kind == CelKind.Int && overload.Parameters[i].Kind == CelKind.Double)];
            if (!widen.Contains(true)) continue;
            CelType[] widened = [.. arguments.Select((a, i) => widen[i] ? CelType.Double : a)];
            if (types.TryAssign(widened, types.Instantiate(overload.Parameters, overload.Result).Parameters)) return (overload, [.. widen]);
        }

        return null;
    }

    private void ReportMismatch(CallSyntax call, IReadOnlyList<CelFunction> named, IReadOnlyList<CelType> arguments, bool passTarget)
    {
        string given = string.Join(", ", arguments.Skip(passTarget ? 1 : 0).Select(checker.Described));
        if (call.IsOperator)
        {
            string hint = call.Function == "_+_" && arguments.Any(a => types.Resolve(a).Kind == CelKind.Text) ? "; convert with string(...)"
                : call.Function is "_==_" or "_!=_" && arguments.Any(a => types.Resolve(a).Kind == CelKind.Null) ? "; what is missing makes a rule unknown by itself, and has(...) asks whether it is there"
                : "";
            checker.Error("C010", $"no operator '{Symbol(call)}' for ({string.Join(", ", arguments.Select(checker.Described))}){hint}", call.Mark);
            return;
        }

        string name = call.Function.TrimStart('.');
        IEnumerable<string> forms = named.Select(f => (f.IsMember ? $"{f.Parameters[0]}.{name}(" : $"{name}(") + string.Join(", ", f.Parameters.Skip(f.IsMember ? 1 : 0)) + ")").Distinct(StringComparer.Ordinal).Take(4);
        string on = passTarget ? $" on {checker.Described(arguments[0])}" : "";
        checker.Error("C010", $"{name}({given}){on} does not fit; there is {string.Join(", ", forms)}", call.Mark);
    }

    private static string Symbol(CallSyntax call) => call.Function switch { "@in" => "in", "_[_]" => "[]", _ => call.Function.Trim('_') };

    private void Resolve(CallSyntax call, ImmutableArray<CelFunction> overloads, bool passTarget, ImmutableArray<bool> widen) =>
        tree.Resolutions[call] = new Resolution.Call(overloads, passTarget, widen);

    private CelType Reference(CallSyntax call, CelFunction function)
    {
        CelType[] arguments = [.. call.Arguments.Select(checker.Visit)];
        string form = $"{function.Name}({string.Join(", ", function.Parameters.Select(p => p.ToString()).Prepend("a field such as " + FieldExample(function)))})";
        if (arguments.Length != function.Parameters.Length + 1 || !types.TryAssign(arguments[1..], function.Parameters))
        {
            checker.Error("C010", $"{function.Name}() takes {form}", call.Mark);
            return function.Result ?? CelType.Dyn;
        }

        if (call.Arguments[0] is SelectSyntax { Kind: SelectKind.Plain } select && tree.Resolutions.GetValueOrDefault(select) is Resolution.Field field && field.Owner.Name == function.ReferencedType)
        {
            tree.Resolutions[call] = new Resolution.Reference(function, select.Operand, field.Slot);
            return function.Result ?? arguments[0];
        }

        checker.Error("C016", $"the first argument of {function.Name}() must name a field, as {FieldExample(function)}", call.Arguments[0].Span);
        return function.Result ?? CelType.Dyn;
    }

    private string FieldExample(CelFunction function)
    {
        string variable = environment.Variables.FirstOrDefault(v => v.Type.Name == function.ReferencedType)?.Name ?? "x";
        string field = environment.ObjectTypes.TryGetValue(function.ReferencedType!, out CelObjectType? type) && !type.Fields.IsEmpty ? type.Fields[0].Name : "name";
        return $"{variable}.{field}";
    }
}
