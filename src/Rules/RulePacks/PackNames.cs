using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Catalogs;
using Risk.Rules.Documents;
using Risk.Rules.Language;

namespace Risk.Rules.RulePacks;

/// <summary>Reads a pack's lists, vars and limits, each able to name those before it, and gives the environment of its rules.</summary>
internal sealed class PackNames(MappingReader reader, Catalog catalog, PackOverlay? overlay, DateTimeOffset? at)
{
    private readonly List<CelField> listFields = [];
    private readonly List<CelValue> listValues = [];
    private readonly List<CelField> varFields = [];
    private readonly List<CelField> limitFields = [];
    private readonly List<CelValue?> limitValues = [];
    private readonly Dictionary<string, ImmutableSortedSet<string>> inputs = new(StringComparer.Ordinal);

    /// <summary>Where each limit is declared, for the check of unused ones.</summary>
    public Dictionary<string, ScalarNode> LimitPlaces { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> ListNames => [.. listFields.Select(f => f.Name)];

    public PackScope Read(string pack, int index)
    {
        ImmutableArray<CelValue> lists = ReadLists();
        ImmutableArray<(string, CelExpression)> vars = ReadVars();
        ImmutableArray<Limit> limits = ReadLimits();
        return new PackScope(pack, Environment(), RuleEnvironment.Slots, lists, vars, limits, index);
    }

    /// <summary>Metrics, facts and feeds behind the references, through vars and limits.</summary>
    public ImmutableSortedSet<string> Resolve(IEnumerable<string> references)
    {
        var resolved = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (string reference in references)
        {
            if (inputs.TryGetValue(reference, out ImmutableSortedSet<string>? behind)) resolved.UnionWith(behind);
            else if (reference == CertificateFeed.Variable) resolved.Add(CertificateFeed.Path);
            else if (reference.StartsWith("metrics.", StringComparison.Ordinal) || reference.StartsWith("facts.", StringComparison.Ordinal) || reference.StartsWith("events.", StringComparison.Ordinal))
                resolved.Add(reference);
        }

        return resolved.ToImmutable();
    }

    private CelEnvironment Environment() => RuleEnvironment.Create(catalog, listFields, listValues, varFields, limitFields, limitValues);

    private ImmutableArray<CelValue> ReadLists()
    {
        var values = ImmutableArray.CreateBuilder<CelValue>();
        foreach (MappingEntry entry in reader.Entries("lists"))
        {
            MappingReader? change = overlay?.List(entry.Key.Text);
            if (ListValue(entry.Key.Text, entry.Value, change) is not { } list) continue;
            listFields.Add(new CelField(entry.Key.Text, list.Type));
            values.Add(list.Value);
            listValues.Add(list.Value);
            change?.RejectUnknownKeys("a change of a list");
        }

        return values.ToImmutable();
    }

    private (CelType Type, CelValue Value)? ListValue(string name, DocumentNode node, MappingReader? change)
    {
        if (node is SequenceNode sequence)
        {
            IEnumerable<DocumentNode> items = sequence.Items;
            if (change is not null)
            {
                _ = (change.Text("reason"), change.Text("by"), change.Text("review"));
                ImmutableArray<string> removed = change.TextList("remove");
                items = items.Where(i => i is not ScalarNode scalar || !removed.Contains(scalar.Text)).Concat(change.Sequence("add"));
            }

            var values = ImmutableArray.CreateBuilder<CelValue>();
            CelType? element = null;
            foreach (DocumentNode item in items)
            {
                if (item is not ScalarNode scalar || Literal(scalar) is not var (type, value) || (element is not null && element != type))
                {
                    reader.Wrong(name, item, "a list of values of one type");
                    return null;
                }

                element = type;
                values.Add(value);
            }

            return (CelType.List(element ?? CelType.Text), CelValue.List(values.ToImmutable()));
        }

        if (node is MappingNode mapping)
        {
            var entries = new List<KeyValuePair<CelValue, CelValue>>();
            CelType? element = null;
            foreach (MappingEntry entry in mapping.Entries)
            {
                (CelType Type, CelValue Value)? value = entry.Value is ScalarNode scalar ? Literal(scalar) : ListValue(entry.Key.Text, entry.Value, null);
                if (value is not var (type, item) || (element is not null && element != type))
                {
                    reader.Wrong(name, entry.Value, "a mapping to values of one type");
                    return null;
                }

                element = type;
                entries.Add(new(CelValue.Text(entry.Key.Text), item));
            }

            return (CelType.Map(CelType.Text, element ?? CelType.Text), CelValue.Map(new CelMap(entries)));
        }

        reader.Wrong(name, node, "a list, or a mapping of lists");
        return null;
    }

    private ImmutableArray<(string, CelExpression)> ReadVars()
    {
        var vars = ImmutableArray.CreateBuilder<(string, CelExpression)>();
        foreach (MappingEntry entry in reader.Entries("vars"))
        {
            if (entry.Value is not ScalarNode scalar)
            {
                reader.Wrong(entry.Key.Text, entry.Value, "an expression");
                continue;
            }

            if (CelCompiler.Compile(scalar.Text, Environment(), null, reader.Diagnostics, CelSource.Of(reader.Document, scalar)) is not { } expression) continue;
            vars.Add((entry.Key.Text, expression));
            varFields.Add(new CelField(entry.Key.Text, expression.Type));
            inputs["vars." + entry.Key.Text] = Resolve(expression.References);
        }

        return vars.ToImmutable();
    }

    private ImmutableArray<Limit> ReadLimits()
    {
        var limits = ImmutableArray.CreateBuilder<Limit>();
        CelEnvironment environment = Environment();
        foreach (MappingEntry entry in reader.Entries("limits"))
        {
            string name = entry.Key.Text;
            if (entry.Value is not MappingNode mapping)
            {
                reader.Wrong(name, entry.Value, "a mapping with 'default'");
                continue;
            }

            if (ReadLimit(name, reader.Of(mapping), environment) is not var (limit, type)) continue;
            limits.Add(limit);
            limitFields.Add(new CelField(name, type));
            limitValues.Add(limit.Overrides.IsEmpty ? limit.Default : null);
            LimitPlaces[name] = entry.Key;
        }

        return limits.ToImmutable();
    }

    private (Limit Limit, CelType Type)? ReadLimit(string name, MappingReader limit, CelEnvironment environment)
    {
        (string about, string unit) = (limit.Text("about") ?? "", limit.Text("unit") ?? "");
        ScalarNode? normal = limit.RequiredScalar("default");
        (double Minimum, double Maximum)? range = Range(limit);
        MappingReader? change = overlay?.Limit(name);
        ScalarNode? changed = change?.Scalar("default");
        _ = (change?.Text("reason"), change?.Text("by"), change?.Text("review"));
        change?.RejectUnknownKeys("a change of a limit");
        if (normal is null || Literal(normal) is not var (type, value)) return null;
        if (type != CelType.Int && type != CelType.Double)
        {
            limit.Wrong("default", normal, "a number");
            return null;
        }

        if (changed is not null)
        {
            if (Number(changed, type) is { } replaced) (normal, value) = (changed, replaced);
            else change!.Wrong("default", changed, $"a number of type {type}, as the pack has it");
        }

        Inside(limit, normal, range);
        var behind = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var overrides = ImmutableArray.CreateBuilder<LimitOverride>();
        bool isDecided = false;
        foreach (MappingReader item in limit.Children("overrides"))
        {
            ScalarNode? condition = item.RequiredScalar("when");
            ScalarNode? given = item.RequiredScalar("value");
            _ = (item.Text("reason"), item.Text("approved_by"), item.Text("ticket"));
            DateTimeOffset? expires = item.InstantAfter("expires");
            item.RejectUnknownKeys("an override");
            if (at is not null && expires <= at) item.Warning("016", "the override has expired; take it out or renew it", item.PlaceOf("expires"));
            if (condition is null || given is null) continue;
            if (isDecided) item.Error("009", "never reached: an override before it always matches", condition);
            CelExpression? when = CelCompiler.Compile(condition.Text, environment, CelType.Bool, reader.Diagnostics, CelSource.Of(reader.Document, condition));
            Inside(item, given, range);
            if (Number(given, type) is not { } number)
            {
                item.Wrong("value", given, type == CelType.Int ? "a whole number, as the default is" : "a number");
                continue;
            }

            if (when is null) continue;
            isDecided |= when.IsConstant && when.Text.Trim() == "true" && expires is null;
            behind.UnionWith(Resolve(when.References));
            overrides.Add(new LimitOverride(when, number, $"{given.Text} (when {when.Text.Trim()})", expires));
        }

        limit.RejectUnknownKeys("a limit");
        inputs["limit." + name] = behind.ToImmutable();
        return (new Limit(name, value, normal.Text, overrides.ToImmutable()) { About = about, Unit = unit, Range = range }, type);
    }

    private static (double, double)? Range(MappingReader limit)
    {
        ImmutableArray<DocumentNode> items = limit.Sequence("range");
        if (items.IsEmpty) return null;
        if (items.Length == 2 && items[0] is ScalarNode low && items[1] is ScalarNode high
            && DocumentReading.TryDouble(low, out double minimum) && DocumentReading.TryDouble(high, out double maximum) && minimum <= maximum)
            return (minimum, maximum);
        limit.Wrong("range", limit.PlaceOf("range"), "two numbers [lowest, highest]");
        return null;
    }

    private static void Inside(MappingReader limit, ScalarNode value, (double Minimum, double Maximum)? range)
    {
        if (range is var (minimum, maximum) && DocumentReading.TryDouble(value, out double number) && (number < minimum || number > maximum))
            limit.Error("013", string.Create(CultureInfo.InvariantCulture, $"{value.Text} is outside the limit's range [{minimum}, {maximum}]"), value);
    }

    private static CelValue? Number(ScalarNode scalar, CelType type)
    {
        if (type == CelType.Int) return DocumentReading.TryInt(scalar, out long whole) ? CelValue.Of(whole) : null;
        return DocumentReading.TryDouble(scalar, out double number) && double.IsFinite(number) ? CelValue.OfDouble(number) : null;
    }

    private static (CelType Type, CelValue Value)? Literal(ScalarNode scalar)
    {
        if (DocumentReading.TryBool(scalar, out bool truth)) return (CelType.Bool, CelValue.Of(truth));
        if (DocumentReading.TryInt(scalar, out long whole)) return (CelType.Int, CelValue.Of(whole));
        if (DocumentReading.TryDouble(scalar, out double number) && double.IsFinite(number)) return (CelType.Double, CelValue.OfDouble(number));
        return scalar.IsNull ? null : (CelType.Text, CelValue.Text(scalar.Text));
    }
}
