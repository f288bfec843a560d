using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Catalogs;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Rules.RulePacks;

/// <summary>Reads and compiles the rules of one pack.</summary>
internal sealed class RuleReader(PackScope scope, PackNames names, PackOverlay? overlay, Catalog catalog, string packOwner, DateTimeOffset? at)
{
    private static readonly (string, Severity)[] Severities = [.. PackOverlay.Severities];

    /// <summary>Functions whose value moves with the clock; a rule that calls one is looked at every day.</summary>
    private static readonly string[] ClockFunctions = ["since(", "until(", "decay(", "was(", "change(", "avg(", "lowest(", "highest(", "readings(", "age("];

    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>Every path that some rule read so far names: <c>limit.otd_min</c>.</summary>
    public IReadOnlySet<string> Used => used;

    /// <summary>Null when it cannot be used; the errors are reported.</summary>
    public Rule? Read(MappingReader reader)
    {
        string? id = reader.RequiredText("id");
        string? title = reader.RequiredText("title");
        string? category = reader.RequiredText("category");
        Severity? severity = reader.Require("severity") ? reader.Choice<Severity>("severity", Severities) : null;
        string owner = reader.Text("owner") ?? packOwner;
        int version = reader.Int("version", 1) ?? 1;
        bool enabled = reader.Bool("enabled") ?? true;
        CelEnvironment environment = scope.Environment;
        CelExpression? appliesTo = Compile(reader, "applies_to", environment, CelType.Bool);
        bool isForGroups = reader.Has("scope");
        GroupClause? group = GroupScope.Read(reader, ref environment);
        EachClause? each = isForGroups ? null : ReadEach(reader, ref environment);
        CelExpression? when = reader.Require("when") ? Compile(reader, "when", environment, CelType.Bool) : null;
        if (when is { IsConstant: true } && each is null && !ReadsClock(when.Text)) reader.Warning("008", "the condition reads nothing and is always the same", reader.PlaceOf("when"));
        CelExpression? clear = Compile(reader, "clear", environment, CelType.Bool);
        PointsClause points = isForGroups ? PointsClause.None : ReadPoints(reader, "points", environment);
        ImmutableArray<(CelExpression, Severity)> severityWhen = ReadSeverityWhen(reader, environment);
        CelEnvironment messageEnvironment = environment.With("evidence", CelType.Text);
        CelTemplate? message = null;
        if (reader.RequiredText("message") is not null && reader.Scalar("message") is { } text)
            message = CelTemplate.Compile(text.Text, messageEnvironment, reader.Diagnostics, CelSource.Of(reader.Document, text));

        var rule = new
        {
            HoldFor = reader.Duration("for") ?? TimeSpan.Zero,
            Readings = reader.Int("readings", 1, 100) ?? 1,
            Keep = reader.Duration("keep_firing_for") ?? TimeSpan.Zero,
            Unknown = ReadUnknown(reader),
            Maximum = reader.Decimal("max_points", 0, 1000),
            Floor = reader.Decimal("floor", 0, 100),
            Next = reader.Text("next") ?? "",
            Rationale = reader.Text("rationale") ?? "",
            References = reader.TextList("references"),
            Tags = reader.TextList("tags"),
            Exceptions = ReadExceptions(reader, isForGroups ? environment : scope.Environment),
        };
        reader.RejectUnknownKeys("a rule");
        if (id is not null && overlay?.Rule(id) is { } change)
        {
            enabled = change.Bool("enabled") ?? enabled;
            severity = change.Choice<Severity>("severity", Severities) ?? severity;
            if (change.Has("points")) points = ReadPoints(change, "points", environment);
            _ = (change.Text("reason"), change.Text("by"), change.Text("review"));
            change.RejectUnknownKeys("a change of a rule");
        }

        if (id is null || title is null || category is null || severity is null || when is null || message is null || (isForGroups && group is null)) return null;
        if (group is not null)
        {
            GroupScope.Check(
                reader, scope,
                [
                    ("when", when.References), ("clear", Paths(clear)), ("message", message.References), ("severity_when", Paths([.. severityWhen.Select(s => s.Item1)])),
                    ("exceptions", Paths([.. rule.Exceptions.Select(e => e.Match)])),
                ]);
            if (rule.Readings > 1 && GroupSpend.Slot(catalog) < 0)
                reader.Error("021", $"'readings' counts readings of {GroupSpend.Path}, which no source supplies; the portfolio's annual_spend has none, so use 'for'", reader.PlaceOf("readings"));
        }

        Note(when, clear, appliesTo, each?.In, each?.Key, points.Expression);
        used.UnionWith(message.References);
        foreach ((CelExpression condition, _) in severityWhen) used.UnionWith(condition.References);
        foreach (RuleException exception in rule.Exceptions) used.UnionWith(exception.Match?.References ?? []);

        Note(group?.By);
        ImmutableSortedSet<string> inputs = names.Resolve(Paths(when, clear, appliesTo, each?.In, group?.By));
        if (group is not null && GroupSpend.Slot(catalog) >= 0) inputs = inputs.Add(GroupSpend.Path);
        bool isUnfed = !inputs.IsEmpty && inputs.All(path => catalog.SourcesFor(path).IsEmpty);

        // A gate nobody watches is not decided: it stays awake and unknown, so that a workspace without a sanctions list looks grey, not green.
        bool isDormant = isUnfed && rule.Floor is null;
        if (isUnfed && !isDormant && enabled)
            reader.Warning("012", $"gate {id} is undecided for every supplier: no enabled source supplies {string.Join(", ", inputs)}", reader.PlaceOf("id"));
        if (isDormant && enabled)
            reader.Warning("006", $"rule {id} is dormant: no enabled source supplies {string.Join(", ", inputs)}", reader.PlaceOf("id"));
        var logic = new RuleLogic
        {
            Revision = RevisionOf(version, group is null ? [when.Text, clear?.Text, each?.In.Text, each?.Key.Text] : [when.Text, clear?.Text, group.By.Text]), Scope = scope, AppliesTo = appliesTo, When = when, Clear = clear, Each = each, Group = group, Points = points,
            SeverityWhen = severityWhen, Message = message, EvidenceSlot = messageEnvironment.Slot("evidence"), Exceptions = rule.Exceptions,
            ReadsCoverage = Paths(when, clear, appliesTo, each?.In).Any(p => p == "coverage" || p.StartsWith("coverage.", StringComparison.Ordinal)),
            AppliesByTime = IsTimeDependent([appliesTo]),
            IsTimeDependent = IsTimeDependent([when, clear, appliesTo, each?.In, group?.By, points.Expression, .. severityWhen.Select(s => s.Item1), .. rule.Exceptions.Select(x => x.Match)]),
        };
        return new Rule(logic)
        {
            Id = id, Pack = scope.Pack, Title = title, Category = category, Severity = severity.Value, Version = version, IsEnabled = enabled, IsDormant = isDormant, Owner = owner,
            Next = rule.Next, Rationale = rule.Rationale, References = rule.References, Tags = rule.Tags, Inputs = [.. inputs], Condition = when.Text,
            HoldFor = rule.HoldFor, Readings = rule.Readings, KeepFiringFor = rule.Keep, OnUnknown = rule.Unknown, MaximumPoints = rule.Maximum, Floor = rule.Floor,
        };
    }

    private static CelExpression? Compile(MappingReader reader, string key, CelEnvironment environment, CelType? type) =>
        reader.Scalar(key) is { } scalar ? CelCompiler.Compile(scalar.Text, environment, type, reader.Diagnostics, CelSource.Of(reader.Document, scalar)) : null;

    /// <summary>A stable number for what the rule asks; equal conditions of one version have equal numbers on every machine.</summary>
    private static int RevisionOf(int version, params string?[] texts)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [version.ToString(CultureInfo.InvariantCulture), .. texts])));
        return BinaryPrimitives.ReadInt32LittleEndian(hash) & int.MaxValue;
    }

    private static IEnumerable<string> Paths(params CelExpression?[] expressions) => expressions.SelectMany(e => e is null ? [] : (IEnumerable<string>)e.References);

    private void Note(params CelExpression?[] expressions) => used.UnionWith(Paths(expressions));

    private bool IsTimeDependent(IEnumerable<CelExpression?> expressions) => expressions.Any(e => e is not null && (ReadsClock(e.Text)
        || scope.Vars.Any(v => e.References.Contains("vars." + v.Name) && IsTimeDependent([v.Expression]))
        || scope.Limits.Any(l => e.References.Contains("limit." + l.Name) && IsTimeDependent(l.Overrides.Select(o => o.When)))));

    private static bool ReadsClock(string text) =>
        Array.Exists(ClockFunctions, f => text.Contains(f, StringComparison.Ordinal)) || text.Contains("now", StringComparison.Ordinal);

    private EachClause? ReadEach(MappingReader reader, ref CelEnvironment environment)
    {
        if (reader.Child("each") is not { } each) return null;
        CelExpression? items = each.Require("in") ? Compile(each, "in", environment, null) : null;
        string? name = each.RequiredText("as");
        _ = each.Require("key");
        CelExpression? key = null;
        if (items is not null && items.Type.Kind != CelKind.List) each.Error("017", $"'in' must be a list, not {items.Type}", each.PlaceOf("in"));
        else if (items is not null && name is not null)
        {
            environment = environment.With(name, items.Type.Arguments[0]);
            key = Compile(each, "key", environment, CelType.Text);
        }

        // A key that could not be compiled is still a known one.
        _ = each.Node("key");
        each.RejectUnknownKeys("'each'");
        return items is not null && name is not null && key is not null ? new EachClause(items, name, environment.Slot(name), key) : null;
    }

    private static PointsClause ReadPoints(MappingReader reader, string key, CelEnvironment environment)
    {
        if (reader.Scalar(key) is not { } scalar) return PointsClause.None;
        if (DocumentReading.TryDecimal(scalar, out decimal points))
        {
            if (points is < 0 or > 1000) reader.Wrong(key, scalar, "a number from 0 to 1000, or an expression");
            return new PointsClause(points, null);
        }

        return new PointsClause(0, CelCompiler.Compile(scalar.Text, environment, CelType.Double, reader.Diagnostics, CelSource.Of(reader.Document, scalar)));
    }

    private static ImmutableArray<(CelExpression, Severity)> ReadSeverityWhen(MappingReader reader, CelEnvironment environment)
    {
        var cases = ImmutableArray.CreateBuilder<(CelExpression, Severity)>();
        foreach (MappingReader item in reader.Children("severity_when"))
        {
            CelExpression? when = item.Require("when") ? Compile(item, "when", environment, CelType.Bool) : null;
            Severity? severity = item.Require("severity") ? item.Choice<Severity>("severity", Severities) : null;
            item.RejectUnknownKeys("'severity_when'");
            if (when is not null && severity is not null) cases.Add((when, severity.Value));
        }

        return cases.ToImmutable();
    }

    private static UnknownPolicy ReadUnknown(MappingReader reader)
    {
        switch (reader.Node("on_unknown"))
        {
            case null or ScalarNode { Text: "hold" }:
                return UnknownPolicy.Hold;
            case MappingNode mapping:
                MappingReader policy = reader.Of(mapping);
                TimeSpan? after = policy.Duration("alert_after");
                Severity severity = policy.Choice<Severity>("severity", Severities) ?? Severity.Warning;
                bool ignored = policy.Bool("ignore") ?? false;
                if (ignored) _ = policy.RequiredText("because");
                policy.RejectUnknownKeys("'on_unknown'");
                return new UnknownPolicy(ignored, after, severity);
            case var other:
                reader.Wrong("on_unknown", other, "hold, {alert_after: 7d, severity: warning} or {ignore: true, because: …}");
                return UnknownPolicy.Hold;
        }
    }

    private ImmutableArray<RuleException> ReadExceptions(MappingReader reader, CelEnvironment environment)
    {
        var exceptions = ImmutableArray.CreateBuilder<RuleException>();
        foreach (MappingReader item in reader.Children("exceptions"))
        {
            string? id = item.RequiredText("id");
            CelExpression? match = Compile(item, "match", environment, CelType.Bool);
            string? reason = item.RequiredText("reason");
            string? approvedBy = item.RequiredText("approved_by");
            _ = item.Text("ticket");
            DateTimeOffset? expires = item.Require("expires") ? item.InstantAfter("expires") : null;
            bool counts = item.Bool("score") ?? true;
            item.RejectUnknownKeys("an exception");
            if (at is not null && expires <= at) item.Warning("016", $"exception {id} has expired; take it out or renew it", item.PlaceOf("expires"));
            if (at is not null && expires > at.Value.AddDays(367)) item.Error("018", "an exception may run for a year at most", item.PlaceOf("expires"));
            bool isUsable = match is not null || !item.Has("match");
            if (id is not null && reason is not null && approvedBy is not null && expires is not null && isUsable)
                exceptions.Add(new RuleException(id, match, reason, approvedBy, expires.Value, counts));
        }

        return exceptions.ToImmutable();
    }
}
