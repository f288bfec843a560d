using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Assurance;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Escalation;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.People;
using Risk.Worker.Alerting.Receivers;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Understands routing.yaml: everything that is wrong with it at once, or a model.</summary>
/// <param name="readLines">Lines of a file beside routing.yaml, or null when it cannot be read; null: there are none.</param>
internal sealed class RoutingReader(ReceiverChannels channels, RoutingVocabulary vocabulary, Func<string, IReadOnlyList<string>?>? readLines = null)
{
    private static readonly string[] Keys = ["schema", "global", "route", "inhibit_rules", "time_intervals", "calendars", "people", "escalations", "fallback_receiver", "receivers", "assurance"];

    /// <returns>The model, or null when there is any error; warnings and notes come with it.</returns>
    public (RoutingModel? Model, ImmutableArray<Diagnostic> Diagnostics) Read(Document document)
    {
        var diagnostics = new DiagnosticBag();
        if (document.Root is null) return (null, []);
        var file = new ConfigSection(document, document.Root, diagnostics);
        file.RefuseUnknownKeys("routing.yaml", Keys);
        if (file.Required("schema", "write schema: routing/1") is { } schema && schema != "routing/1")
            file.Error("T001", $"schema '{schema}' is not known; this version reads routing/1", file.At("schema"), schema.Length);

        ConfigSection global = GlobalOf(file);
        ImmutableSortedDictionary<string, TimeIntervalModel> intervals = TimeIntervalReader.Read(file, out Dictionary<string, DocumentNode> intervalPlaces);
        var calendars = new CalendarReader(readLines ?? (static _ => null));
        calendars.Read(file, intervalPlaces);
        intervals = intervals.AddRange(calendars.All.Select(c => KeyValuePair.Create(c.Key, new TimeIntervalModel(c.Key, [c.Value.Hours]))));
        ImmutableSortedDictionary<string, ReceiverModel> receivers = Receivers(file, global, calendars, out Dictionary<string, DocumentNode> receiverPlaces);
        var matchers = new MatcherReader(vocabulary);
        var routes = new RouteReader(matchers, vocabulary, receivers.Keys, intervals.Keys);
        RouteNode? root = null;
        if (file.Section("route") is { } route) root = routes.ReadRoot(route);
        else file.Error("T003", "'route' is missing: the root route with its receiver", file.Node);
        ImmutableArray<InhibitRule> inhibit = [.. file.Sections("inhibit_rules").Select(rule => Inhibit(rule, matchers))];

        ImmutableArray<EscalationModel> escalations = PeopleReader.Escalations(file, matchers, calendars, routes.UseReceiver);
        PeoplePolicy people = PeopleReader.Policy(file, calendars);
        string? fallback = Fallback(file, receivers, routes);
        AssuranceModel assurance = AssuranceReader.Read(file, global, receivers.Keys.ToArray());
        if (assurance.Receiver is { } assuring) routes.UsedReceivers.Add(assuring);
        foreach ((string name, DocumentNode place) in receiverPlaces)
            if (!routes.UsedReceivers.Contains(name)) file.Warning("T011", $"receiver '{name}' is used by no route", place, name.Length);
        foreach ((string name, DocumentNode place) in intervalPlaces)
            if (!routes.UsedIntervals.Contains(name) && !calendars.IsUsed(name)) file.Warning("T012", calendars.All.ContainsKey(name) ? $"calendar '{name}' is used by no route, digest or escalation" : $"time interval '{name}' is used by no route", place, name.Length);

        bool isGood = !diagnostics.HasErrors && root is not null;
        if (isGood && assurance.Receiver is { } reserve) WarnOfOneWay(file.Section("assurance")!, new RouteTree(root!), receivers, reserve);
        return (isGood ? new RoutingModel(new RouteTree(root!), receivers, inhibit, intervals) { FallbackReceiver = fallback, People = people, Escalations = escalations, Assurance = assurance } : null, [.. diagnostics.Sorted().Distinct()]);
    }

    /// <summary>A receiver that is to tell when a channel fails, and uses that channel itself, tells nothing.</summary>
    private static void WarnOfOneWay(ConfigSection assurance, RouteTree routes, ImmutableSortedDictionary<string, ReceiverModel> receivers, string reserve)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = AlertKind.System, ["category"] = AlertKind.System };
        HashSet<string> usual = [.. routes.Match(labels).SelectMany(r => receivers[r.Receiver].Targets).Select(t => t.Endpoint)];
        if (receivers[reserve].Targets.All(t => usual.Contains(t.Endpoint)))
            assurance.Warning("T033", $"'{reserve}' goes the way that system alerts take anyway; when that fails nobody is told, so name a receiver with another way out", assurance.At("receiver"), reserve.Length);
    }

    private ConfigSection GlobalOf(ConfigSection file)
    {
        ConfigSection global = file.Section("global") ?? new ConfigSection(file.Document, new MappingNode(file.Node.Position, []), file.Diagnostics);
        global.RefuseUnknownKeys("'global'", [.. channels.All.SelectMany(c => c.GlobalKeys).Distinct()]);
        return global;
    }

    /// <summary>The receiver of what is nobody's. It must reach somebody whatever the portfolio says.</summary>
    private static string? Fallback(ConfigSection file, ImmutableSortedDictionary<string, ReceiverModel> receivers, RouteReader routes)
    {
        if (file.Text("fallback_receiver") is not { } name) return null;
        routes.UseReceiver(file, name, "fallback_receiver");
        if (receivers.GetValueOrDefault(name) is { } receiver && (receiver.Targets.IsEmpty || receiver.Targets.Any(t => t.SupplierFields.Count > 0)))
            file.Error("T027", $"receiver '{name}' is the fallback and must name its recipients itself, without {{supplier...}}", file.At("fallback_receiver"), name.Length);
        return name;
    }

    private ImmutableSortedDictionary<string, ReceiverModel> Receivers(ConfigSection file, ConfigSection global, CalendarReader calendars, out Dictionary<string, DocumentNode> places)
    {
        places = new(StringComparer.Ordinal);
        var receivers = ImmutableSortedDictionary.CreateBuilder<string, ReceiverModel>(StringComparer.Ordinal);
        string[] known = ["name", .. channels.All.Select(c => c.Name + "_configs")];
        foreach (ConfigSection section in file.Sections("receivers"))
        {
            section.RefuseUnknownKeys("a receiver", known);
            string? name = section.Required("name", "routes name receivers by it");
            var targets = ImmutableArray.CreateBuilder<ReceiverTarget>();
            foreach (IReceiverChannel channel in channels.All)
            {
                int index = 0;
                foreach (ConfigSection config in section.Sections(channel.Name + "_configs"))
                {
                    DigestSchedule? digest = channel.ReachesPersons ? calendars.Schedule(config, "digest") : null;
                    if (channel.Read(config, global, index++) is not { } target) continue;
                    CheckPeople(file, config, target);
                    targets.Add(target with { Digest = digest });
                }
            }

            if (name is null) continue;
            if (!places.TryAdd(name, section.At("name"))) section.Error("T009", $"there are two receivers '{name}'; rename one", section.At("name"), name.Length);
            else receivers.Add(name, new ReceiverModel(name, targets.ToImmutable()));
        }

        return receivers.ToImmutable();
    }

    /// <summary>Columns that name recipients exist, and somebody gets what they name nobody for.</summary>
    private void CheckPeople(ConfigSection file, ConfigSection config, ReceiverTarget target)
    {
        string[] known = ["owner", "backup_owner", .. vocabulary.SupplierAttributes];
        foreach (string field in target.SupplierFields.Where(f => !known.Contains(f)))
            config.Error("T026", $"the portfolio has no column '{field}' that could name a recipient{Suggestion.OrAll(field, known)}", config.At("to"), Math.Max(1, config.Text("to")?.Length ?? 1));
        if (target.SupplierFields.Count > 0 && !target.HasFallback && !file.Has("fallback_receiver"))
            config.Error("T003", "'fallback_to' is missing: who gets alerts on suppliers without an owner's address, and those about no supplier; or name a 'fallback_receiver' for all receivers", config.At("to"), Math.Max(1, config.Text("to")?.Length ?? 1));
    }

    private static InhibitRule Inhibit(ConfigSection rule, MatcherReader matchers)
    {
        rule.RefuseUnknownKeys("an inhibit rule", ["name", "source_matchers", "target_matchers", "equal"]);
        ImmutableArray<Matcher> source = matchers.Read(rule, "source_matchers"), target = matchers.Read(rule, "target_matchers");
        foreach (string side in new[] { "source_matchers", "target_matchers" })
            if (!rule.Has(side)) rule.Error("T003", $"'{side}' is missing: without it the rule would match every alert", rule.Node);
        var equal = rule.Scalars("equal");
        foreach (ScalarNode label in equal)
        {
            matchers.CheckLabel(rule, label.Text, label, 0);

            // Labels that both lack count as equal (prometheus/alertmanager#1727): system alerts have no supplier, so they would all be "equal".
            if (label.Text is not ("supplier" or "tier" or "country" or "supplier_category" or "team")) continue;
            if (new[] { source, target }.All(side => side.Where(m => m.Label == "kind").All(m => m.Matches("system"))) && target.All(m => m.Label is "kind" or "severity" or "category"))
                rule.Warning("T019", $"source and target both take system alerts, which carry no '{label.Text}'; labels that both lack count as equal, so they would inhibit each other: add kind!=\"system\" to target_matchers", label, label.Text.Length);
        }

        return new InhibitRule(rule.Text("name") ?? "", source, target, [.. equal.Select(l => l.Text)]);
    }
}
