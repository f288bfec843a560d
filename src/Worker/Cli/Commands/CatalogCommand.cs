using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Portfolio;

namespace Risk.Worker.Cli.Commands;

/// <summary>Everything that rules may name, with who supplies it and who uses it.</summary>
internal static class CatalogCommand
{
    public static Command Create(CommandHost host)
    {
        var command = new Command("catalog", "Every metric, fact and feed that rules may name: type, unit, range, maximum age, sources, and the rules that use it.");
        host.Handle(command, (context, _) => Task.FromResult(Print(context)));
        return command;
    }

    private static int Print(CommandContext context)
    {
        var diagnostics = new DiagnosticBag();
        RiskOptions options = RiskOptions.Read(context.Configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        SourceRegistry sources = SourceRegistry.Create(options, context.Configuration, diagnostics);
        var loader = new RuleBookLoader(options, sources, ReceiverChannels.Discover());
        IReadOnlyCollection<string> columns = PortfolioFile.ReadWorkspace(options.Workspace).OwnColumns;
        Catalog catalog = loader.ReadCatalog(columns, diagnostics);
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());

        // What can be named does not depend on whether the rules are right.
        RuleBook? book = loader.Load(columns, new DiagnosticBag());
        CatalogEntry[] entries = [.. Entries(catalog, new Uses(catalog, sources, book?.Rules))];
        if (context.Output.Json) context.Output.WriteJson(json => Write(json, entries));
        else Write(context.Output, entries, book is not null);
        return ExitCode.Done;
    }

    private static IEnumerable<CatalogEntry> Entries(Catalog catalog, Uses uses) =>
        catalog.Metrics.Select(m => uses.Of("metrics." + m.Name, "metric", m.Type == MetricType.Int ? "int" : "double", m.MaximumAge, m.About) with { Unit = m.Unit, Minimum = m.Minimum, Maximum = m.Maximum })
            .Concat(catalog.Facts.Select(f => uses.Of("facts." + f.Name, "fact", CatalogWords.Of(f.Type), f.MaximumAge, f.About)))
            .Concat(catalog.Feeds.Select(f => uses.Of("events." + f.Name, "feed", "list of events", f.MaximumAge, f.About)));

    private static void Write(CommandOutput output, CatalogEntry[] entries, bool hasRules)
    {
        output.Table(
            ["name", "type", "unit", "range", ">counts for", ">rules", "sources", "about"],
            [
                .. entries.Select(e => (IReadOnlyList<string>)
                [
                    e.IsOwn ? e.Path + " *" : e.Path, e.Type, e.Unit, e.Range, e.Age, hasRules ? e.Rules.Length.ToString(CultureInfo.InvariantCulture) : "?",
                    e.Sources.Length == 0 ? "none" : string.Join(", ", e.Sources.Select(s => s.IsOn ? s.Id : $"{s.Id} (off)")), e.About,
                ]),
            ]);
        output.Line();
        output.Line($"{CommandOutput.Count(entries.Length, "name")}, {CommandOutput.Count(entries.Count(e => e.Sources.Any(s => s.IsOn)), "name")} with a source that runs. * in catalog.yaml. --json names the rules.");
        output.Line($"Rules read certificates ({CertificateFeed.Path}) as certs[\"iso27001\"]; every column of the portfolio is supplier.NAME.");
        if (!hasRules) output.Line("The rules cannot be loaded, so who uses what is not known: run 'risk check'.");
    }

    private static void Write(Utf8JsonWriter json, CatalogEntry[] entries)
    {
        json.WriteStartArray();
        foreach (CatalogEntry entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("name", entry.Path);
            json.WriteString("kind", entry.Kind);
            json.WriteString("type", entry.Type);
            json.WriteString("unit", entry.Unit);
            if (entry.Minimum is { } minimum && entry.Maximum is { } maximum)
            {
                json.WriteStartArray("range");
                json.WriteNumberValue(minimum);
                json.WriteNumberValue(maximum);
                json.WriteEndArray();
            }

            json.WriteNumber("maxAgeDays", entry.MaximumAge.TotalDays);
            json.WriteBoolean("own", entry.IsOwn);
            json.WriteString("about", entry.About);
            json.WriteStartArray("sources");
            foreach (CatalogSource source in entry.Sources)
            {
                json.WriteStartObject();
                json.WriteString("id", source.Id);
                json.WriteBoolean("on", source.IsOn);
                json.WriteString("reason", source.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("rules");
            foreach (string rule in entry.Rules) json.WriteStringValue(rule);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <param name="Reason">Why it is off, or "".</param>
    private sealed record CatalogSource(string Id, bool IsOn, string Reason);

    /// <param name="Rules">Enabled rules that read it, through vars and limits, by id.</param>
    private sealed record CatalogEntry(string Path, string Kind, string Type, TimeSpan MaximumAge, string About, bool IsOwn, CatalogSource[] Sources, string[] Rules)
    {
        public string Unit { get; init; } = "";

        public double? Minimum { get; init; }

        public double? Maximum { get; init; }

        public string Range => Minimum is null ? "" : FormattableString.Invariant($"{Minimum:#,0.####} to {Maximum:#,0.####}");

        public string Age => MaximumAge.TotalDays >= 1 ? FormattableString.Invariant($"{MaximumAge.TotalDays:0.#} d") : FormattableString.Invariant($"{MaximumAge.TotalHours:0.#} h");
    }

    /// <summary>Who supplies and who uses a path.</summary>
    private sealed class Uses(Catalog catalog, SourceRegistry sources, RuleSet? rules)
    {
        private readonly ConnectorNames connectors = sources.Names;
        private readonly ILookup<string, string> readers = (rules is null ? [] : rules.Rules.Where(r => r.IsEnabled))
            .SelectMany(r => r.Inputs.Select(path => (path, r.Id))).ToLookup(p => p.path, p => p.Id, StringComparer.Ordinal);

        public CatalogEntry Of(string path, string kind, string type, TimeSpan age, string about)
        {
            IEnumerable<SourceId> named = connectors.DefinedBy[path].Concat(catalog.Named(path)).Distinct().Order();
            return new CatalogEntry(path, kind, type, age, about, catalog.Own.Contains(path), [.. named.Select(Source)], [.. readers[path].Order(StringComparer.Ordinal)]);
        }

        private CatalogSource Source(SourceId id)
        {
            SourceStatus? status = sources.Statuses.FirstOrDefault(s => s.Id == id);
            return new CatalogSource(id.Value, status is { IsEnabled: true }, status is null ? "no connector is called so" : status.IsEnabled ? "" : status.Reason);
        }
    }
}
