using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Checking;

/// <summary>Finds what names mean and which types the parts have, and reports everything that does not fit.</summary>
/// <param name="isStrict">False: nothing is reported, and what does not fit is decided when it is evaluated.</param>
internal sealed class Checker(CelEnvironment environment, SyntaxErrors errors, CheckedTree tree, bool isStrict)
{
    private readonly TypeUnifier types = new();
    private readonly List<(string Name, CelType Type)> locals = [];
    private CallChecker? calls;

    private CallChecker Calls => calls ??= new CallChecker(environment, types, this, tree, isStrict);

    private bool IsRules => environment.Mode == CelMode.Rules;

    /// <summary>Checks the whole tree; null when there was an error.</summary>
    public static CheckedTree? Check(SyntaxNode root, CelEnvironment environment, SyntaxErrors errors, CelType? expected = null, bool isStrict = true)
    {
        int before = errors.Count;
        var tree = new CheckedTree(root, isStrict);
        var checker = new Checker(environment, errors, tree, isStrict);
        CelType type = checker.Visit(root);
        if (expected is not null && errors.Count == before) checker.Expect(root, type, expected);
        foreach (SyntaxNode node in tree.Types.Keys.ToList()) tree.Types[node] = checker.types.Resolve(tree.Types[node], freeToDyn: true);
        ReferenceCollector.Collect(root, tree);
        if (isStrict && checker.IsRules && errors.Count == before) new RuleChecks(tree, errors).Visit(root);
        return errors.Count > before ? null : tree;
    }

    private void Expect(SyntaxNode root, CelType type, CelType expected)
    {
        CelType actual = types.Resolve(type);
        if (IsRules && actual.Kind == CelKind.Int && expected.Kind == CelKind.Double) return;
        if (actual.IsDyn && IsRules && !expected.IsDyn)
        {
            Error("C011", $"this must be {expected}, but its type is only known when it is evaluated; convert it, as {expected}(...)", root.Span);
        }
        else if (!types.TryAssign(actual, expected))
        {
            Error("C011", $"this must be {expected}, not {types.Resolve(type, freeToDyn: true)}", root.Span);
        }
    }

    public void Error(string code, string message, Span at)
    {
        if (isStrict) errors.Error(code, message, at);
    }

    public string Text(Span span) => errors.Text[span.Start..Math.Min(span.End, errors.Text.Length)];

    public CelType Visit(SyntaxNode node)
    {
        CelType type = node switch
        {
            LiteralSyntax literal => OfValue(literal.Value),
            NameSyntax name => Name(name),
            SelectSyntax select => Select(select),
            CallSyntax call => Calls.Visit(call),
            ListSyntax list => List(list),
            MapSyntax map => Map(map),
            LoopSyntax loop => Loop(loop),
            BindSyntax bind => Bind(bind),
            MessageSyntax message => Message(message),
            _ => CelType.Dyn,
        };
        if (types.IsTooLarge(type))
        {
            Error("C003", "the type of this is too large; divide it into vars", node.Mark);
            type = CelType.Dyn;
        }

        tree.Types[node] = type;
        return type;
    }

    private static CelType OfValue(CelValue value) => value.Kind switch
    {
        CelValueKind.Null => CelType.Null,
        CelValueKind.Bool => CelType.Bool,
        CelValueKind.Int => CelType.Int,
        CelValueKind.Uint => CelType.Uint,
        CelValueKind.Double => CelType.Double,
        CelValueKind.Text => CelType.Text,
        CelValueKind.Bytes => CelType.Bytes,
        _ => CelType.Dyn,
    };

    private CelType Message(MessageSyntax message)
    {
        tree.Resolutions[message] = new Resolution.Unknown($"no message type '{message.TypeName}'");
        Error("C012", $"there is no message type '{message.TypeName}' here; for a map write {{'key': value}}", message.Mark);
        return CelType.Dyn;
    }

    /// <summary>A field by that very name is what was meant, more often than a variable with a name like it.</summary>
    private string Meant(string name)
    {
        CelVariable? owner = environment.Variables.FirstOrDefault(v => v.Type.Kind == CelKind.Object && environment.ObjectTypes.TryGetValue(v.Type.Name, out CelObjectType? type) && type.Slot(name) >= 0);
        return owner is not null ? $"; did you mean '{owner.Name}.{name}'?" : Suggestion.For(name, locals.Select(l => l.Name).Concat(environment.Variables.Select(v => v.Name)));
    }

    private CelType Name(NameSyntax name)
    {
        if (FindLocal(name) is { } local) return local;
        if (Resolve(name, name.Name, name.IsRooted) is { } type) return type;
        tree.Resolutions[name] = new Resolution.Unknown($"there is no '{name.Name}' here");
        Error("C012", $"there is no '{name.Name}' here{Meant(name.Name)}", name.Span);
        return CelType.Dyn;
    }

    private CelType? FindLocal(NameSyntax name)
    {
        if (name.IsRooted) return null;
        int index = locals.FindLastIndex(l => l.Name == name.Name);
        if (index < 0) return null;
        tree.Resolutions[name] = new Resolution.Local(index);
        return locals[index].Type;
    }

    /// <summary>A variable or type by its qualified name, looked up in the container and outwards.</summary>
    private CelType? Resolve(SyntaxNode node, string name, bool isRooted)
    {
        foreach (string candidate in environment.Candidates(name, isRooted))
        {
            if (environment.Slot(candidate) is >= 0 and var slot)
            {
                tree.Resolutions[node] = new Resolution.Variable(slot, candidate);
                return environment.Variables[slot].Type;
            }

            if (IsRules && candidate == "now")
            {
                tree.Resolutions[node] = new Resolution.Now();
                return CelType.Timestamp;
            }

            if (TypeNames.Find(candidate) is { } type)
            {
                tree.Resolutions[node] = new Resolution.Constant(CelValue.Type(type));
                return CelType.TypeOf(type);
            }
        }

        return null;
    }

    /// <summary><c>a.b.c</c> when it is names and dots only and does not begin with a macro's variable.</summary>
    public string? QualifiedName(SyntaxNode node, out bool isRooted)
    {
        isRooted = false;
        if (node is NameSyntax name)
        {
            isRooted = name.IsRooted;
            return !isRooted && locals.Exists(l => l.Name == name.Name) ? null : name.Name;
        }

        return node is SelectSyntax { Kind: SelectKind.Plain } select && QualifiedName(select.Operand, out isRooted) is { } prefix ? $"{prefix}.{select.Field}" : null;
    }

    private CelType Select(SelectSyntax select)
    {
        if (select.Kind == SelectKind.Plain && QualifiedName(select, out bool isRooted) is { } qualified && Resolve(select, qualified, isRooted) is { } variable) return variable;
        CelType operand = types.Resolve(Visit(select.Operand));
        bool isOptional = operand.Kind == CelKind.Optional;
        CelType field = Field(select, isOptional ? types.Resolve(operand.Arguments[0]) : operand);
        return select.Kind switch
        {
            SelectKind.Has => CelType.Bool,
            SelectKind.Optional => CelType.Optional(field),
            _ => isOptional ? CelType.Optional(field) : field,
        };
    }

    private CelType Field(SelectSyntax select, CelType operand)
    {
        switch (operand.Kind)
        {
            case CelKind.Map:
                types.TryAssign(CelType.Text, operand.Arguments[0]);
                return operand.Arguments[1];
            case CelKind.Dyn:
                if (operand.IsParameter) types.TryAssign(CelType.Dyn, operand);
                return CelType.Dyn;
            case CelKind.Object when environment.ObjectTypes.TryGetValue(operand.Name, out CelObjectType? declared):
                int slot = declared.Slot(select.Field);
                if (slot >= 0)
                {
                    tree.Resolutions[select] = new Resolution.Field(slot, declared);
                    return declared.Fields[slot].Type;
                }

                Error("C013", $"'{Text(select.Operand.Span)}' has no field '{select.Field}'{Suggestion.For(select.Field, declared.Fields.Select(f => f.Name))}", select.Mark);
                return CelType.Dyn;
            default:
                Error("C013", $"'{Text(select.Operand.Span)}' is {Described(operand)} and has no fields", select.Mark);
                return CelType.Dyn;
        }
    }

    public string Described(CelType type) => types.Resolve(type, freeToDyn: true).ToString();

    private CelType List(ListSyntax list)
    {
        CelType? element = null;
        foreach (ListItemSyntax item in list.Items)
        {
            CelType type = Visit(item.Value);
            element = Join(element, item.IsOptional ? Unwrap(item.Value, type) : type);
        }

        return CelType.List(element ?? types.Fresh());
    }

    private CelType Map(MapSyntax map)
    {
        CelType? key = null, value = null;
        foreach (MapEntrySyntax entry in map.Entries)
        {
            CelType keyType = Visit(entry.Key);
            if (types.Resolve(keyType).Kind is not (CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Text or CelKind.Dyn))
            {
                Error("C011", $"a map's key must be bool, int, uint or string, not {Described(keyType)}", entry.Key.Span);
            }

            key = Join(key, keyType);
            CelType type = Visit(entry.Value);
            value = Join(value, entry.IsOptional ? Unwrap(entry.Value, type) : type);
        }

        return CelType.Map(key ?? types.Fresh(), value ?? types.Fresh());
    }

    /// <summary>The type of what an optional item holds.</summary>
    private CelType Unwrap(SyntaxNode node, CelType type)
    {
        CelType resolved = types.Resolve(type);
        if (resolved.Kind == CelKind.Optional) return resolved.Arguments[0];
        if (resolved.Kind != CelKind.Dyn) Error("C011", $"'?' takes an optional value, not {Described(type)}", node.Span);
        return CelType.Dyn;
    }

    private CelType Join(CelType? previous, CelType current)
    {
        if (previous is null) return current;
        return types.TryAssign(previous, current) || types.TryAssign(current, previous) ? JoinAssignable(previous, current) : CelType.Dyn;
    }

    private CelType JoinAssignable(CelType previous, CelType current)
    {
        CelType a = types.Resolve(previous), b = types.Resolve(current);
        if (a.Kind == CelKind.Null) return b;
        if (b.Kind == CelKind.Null) return a;
        return types.MostGeneral(a, b);
    }

    private CelType Loop(LoopSyntax loop)
    {
        CelType range = types.Resolve(Visit(loop.Range));
        (CelType key, CelType item) = range.Kind switch
        {
            CelKind.List => (CelType.Int, range.Arguments[0]),
            CelKind.Map => (range.Arguments[0], loop.Second is null ? range.Arguments[0] : range.Arguments[1]),
            _ => (CelType.Dyn, CelType.Dyn),
        };
        if (range.IsParameter) types.TryAssign(CelType.Dyn, range);
        if (range.Kind is not (CelKind.List or CelKind.Map or CelKind.Dyn))
        {
            Error("C014", $"{Text(loop.Mark)}() goes over a list or a map, not {Described(range)}", loop.Range.Span);
        }

        int scope = locals.Count;
        locals.Add((loop.First, loop.Second is null ? item : key));
        if (loop.Second is not null) locals.Add((loop.Second, item));
        if (loop.Filter is not null) ExpectBool(loop.Filter);
        CelType result;
        if (loop.Kind is LoopKind.All or LoopKind.Exists or LoopKind.ExistsOne or LoopKind.Filter)
        {
            ExpectBool(loop.Body);
            result = loop.Kind != LoopKind.Filter ? CelType.Bool : range.Kind == CelKind.List ? range : CelType.List(item);
        }
        else
        {
            CelType body = Visit(loop.Body);
            result = loop.Kind switch
            {
                LoopKind.TransformMap => CelType.Map(key, body),
                LoopKind.TransformMapEntry => EntryType(loop.Body, body),
                _ => CelType.List(body),
            };
        }

        locals.RemoveRange(scope, locals.Count - scope);
        return result;
    }

    private CelType EntryType(SyntaxNode body, CelType type)
    {
        CelType resolved = types.Resolve(type);
        if (resolved.Kind is CelKind.Map) return resolved;
        if (resolved.Kind != CelKind.Dyn) Error("C011", $"transformMapEntry() needs a map with one entry, as {{key: value}}, not {Described(type)}", body.Span);
        return CelType.Map(CelType.Dyn, CelType.Dyn);
    }

    private void ExpectBool(SyntaxNode node)
    {
        CelType type = Visit(node);
        if (!types.TryAssign(type, CelType.Bool)) Error("C011", $"a condition must be bool, not {Described(type)}", node.Span);
    }

    private CelType Bind(BindSyntax bind)
    {
        CelType value = Visit(bind.Value);
        if (bind.Kind != BindKind.Bind)
        {
            CelType resolved = types.Resolve(value);
            if (resolved.Kind is not (CelKind.Optional or CelKind.Dyn)) Error("C011", $"{Text(bind.Mark)}() needs an optional value, not {Described(value)}", bind.Value.Span);
            value = resolved.Kind == CelKind.Optional ? resolved.Arguments[0] : CelType.Dyn;
        }

        locals.Add((bind.Name, value));
        CelType body = Visit(bind.Body);
        locals.RemoveAt(locals.Count - 1);
        if (bind.Kind == BindKind.OptionalFlatMap && types.Resolve(body).Kind is not (CelKind.Optional or CelKind.Dyn))
        {
            Error("C011", $"optFlatMap() needs an optional result, not {Described(body)}; use optMap()", bind.Body.Span);
        }

        return bind.Kind == BindKind.OptionalMap ? CelType.Optional(body) : body;
    }
}
