using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Portfolio;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Cli.Commands;

/// <summary>The rules as they are in force, overlay included.</summary>
internal static class RulesCommand
{
    public static Command Create(CommandHost host)
    {
        var category = new Option<string?>("--category") { Description = "Only the rules of this category.", HelpName = "NAME" };
        var list = new Command("list", "The rules in force: category, severity, points, whether they are on, and what they rest on.") { category };
        host.Handle(list, (context, _) => Task.FromResult(List(context, context.Parsed.GetValue(category))));

        var id = new Argument<string>("ID") { Description = "Rule id, such as FIN-ALT-001." };
        var show = new Command("show", "Everything about one rule: condition, limits and their overrides, inputs, what to do, why, and the tests that name it.") { id };
        host.Handle(show, (context, _) => Task.FromResult(Show(context, context.Parsed.GetValue(id)!)));

        var file = new Option<string?>("--out") { Description = "Write to this file instead of standard output.", HelpName = "FILE" };
        var docs = new Command("docs", "A manual of the rules in force, in Markdown. Every source counts as there, so that it does not depend on keys.") { file };
        host.Handle(docs, (context, token) => DocsAsync(context, context.Parsed.GetValue(file), token));
        return new Command("rules", "The rules in force: list them, read one, write their manual.") { list, show, docs };
    }

    private static int List(CommandContext context, string? category)
    {
        (RuleSet set, _) = Load(context, everySource: false);
        if (category is not null && set.Scoring.IndexOf(category) < 0)
            throw new CommandFailure(ExitCode.Usage, $"no category '{category}'{Suggestion.For(category, set.Scoring.Categories.Select(c => c.Name))}");
        RuleSheet[] sheets = [.. set.Rules.Where(r => category is null || r.Category == category).Select(RuleSheet.Of)];
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (RuleSheet sheet in sheets) Write(json, set, sheet, []);
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        context.Output.Table(
            ["rule", "category", "severity", ">points", "state", "owner", "title"],
            [
                .. sheets.Select(s => (IReadOnlyList<string>)
                [
                    s.Rule.Id, s.Rule.Category, RuleMarkdown.Name(s.Rule.Severity), RuleMarkdown.MostPoints(s) + (s.Rule.Floor is null ? "" : " *"), StateOf(s.Rule), s.Rule.Owner, s.Rule.Title,
                ]),
            ]);
        context.Output.Line();
        int on = sheets.Count(s => StateOf(s.Rule) == "on");
        context.Output.Line($"{CommandOutput.Count(sheets.Length, "rule")}, {on} on. * is a gate. dormant: no enabled source feeds it; 'risk rules show ID' names what it reads.");
        return ExitCode.Done;
    }

    private static int Show(CommandContext context, string id)
    {
        (RuleSet set, RuleBookLoader loader) = Load(context, everySource: false);
        if (set.Find(id) is not { } rule) throw new CommandFailure(ExitCode.Usage, $"no rule '{id}'{Suggestion.For(id, set.Rules.Select(r => r.Id))}");
        RuleSheet sheet = RuleSheet.Of(rule);
        string[] tests = [.. TestsOf(loader, rule.Id)];
        CommandOutput output = context.Output;
        if (output.Json)
        {
            output.WriteJson(json => Write(json, set, sheet, tests));
            return ExitCode.Done;
        }

        output.Line($"{rule.Id}  {rule.Title}");
        output.Line($"{rule.Category}, pack {rule.Pack}, version {rule.Version}, {StateOf(rule)}");
        output.Line();
        TextLayout.Paragraph(output, "", RuleMarkdown.Sentence(sheet));
        output.Line();
        foreach ((string key, string value) in RuleMarkdown.Parts(sheet)) TextLayout.Paragraph(output, $"  {key}: ", value);
        foreach ((string when, Severity severity) in sheet.Severities) TextLayout.Paragraph(output, $"  {RuleMarkdown.Name(severity)} when: ", when);
        foreach ((string name, string text) in sheet.Vars) TextLayout.Paragraph(output, $"  vars.{name}: ", text);
        foreach ((string name, string value) in sheet.Lists) TextLayout.Paragraph(output, $"  lists.{name}: ", value);
        foreach (LimitSheet limit in sheet.Limits) TextLayout.Paragraph(output, $"  limit.{limit.Name}: ", LimitText(limit));
        foreach ((string name, string match, string reason, DateTimeOffset end) in sheet.Exceptions)
            TextLayout.Paragraph(output, $"  exception {name}: ", $"{reason} ({match}), until {end.UtcDateTime.AddSeconds(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
        output.Line();
        foreach (string input in rule.Inputs) TextLayout.Paragraph(output, $"  reads {input}", RuleMarkdown.Source(set.Catalog, input));
        if (rule.Next.Length > 0) TextLayout.Paragraph(output, "  what to do: ", rule.Next);
        if (rule.Rationale.Length > 0) TextLayout.Paragraph(output, "  why: ", rule.Rationale.Trim());
        foreach (string reference in rule.References) TextLayout.Paragraph(output, "  see: ", reference);
        foreach (string test in tests) TextLayout.Paragraph(output, "  test: ", test);
        if (tests.Length == 0) output.Line("  no test names it");
        return ExitCode.Done;
    }

    private static async Task<int> DocsAsync(CommandContext context, string? file, CancellationToken cancellationToken)
    {
        (RuleSet set, _) = Load(context, everySource: true);
        string text = RuleMarkdown.Render(set);
        if (file is null)
        {
            foreach (string line in text.TrimEnd('\n').Split('\n')) context.Output.Line(line);
            return ExitCode.Done;
        }

        try
        {
            await File.WriteAllTextAsync(file, text, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Outside, $"{file} cannot be written: {e.Message}");
        }

        context.Output.Line($"wrote {file}");
        return ExitCode.Done;
    }

    private static (RuleSet Set, RuleBookLoader Loader) Load(CommandContext context, bool everySource)
    {
        var diagnostics = new DiagnosticBag();
        RiskOptions options = RiskOptions.Read(context.Configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        SourceRegistry sources = everySource ? SourceRegistry.Everything(options, context.Configuration, diagnostics) : SourceRegistry.Create(options, context.Configuration, diagnostics);
        var loader = new RuleBookLoader(options, sources, ReceiverChannels.Discover());
        RuleBook book = loader.Load(PortfolioFile.ReadWorkspace(options.Workspace).OwnColumns, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        return (book.Rules, loader);
    }

    /// <summary>Names of the tests whose expectations name the rule, in the order of the files.</summary>
    private static IEnumerable<string> TestsOf(RuleBookLoader loader, string rule) =>
        from path in loader.TestFiles()
        let document = YamlReader.ReadFile(path, RuleBookLoader.Display(path), new DiagnosticBag())
        from test in document.Root?["tests"] is SequenceNode tests ? tests.Items.OfType<MappingNode>() : []
        where test["name"] is ScalarNode && (Names(test["expect"], rule) || Names(test["steps"], rule))
        select $"{((ScalarNode)test["name"]!).Text} ({test.Position.File}:{test.Position.Line.ToString(CultureInfo.InvariantCulture)})";

    private static bool Names(DocumentNode? node, string rule) => node switch
    {
        ScalarNode scalar => scalar.Text == rule,
        SequenceNode sequence => sequence.Items.Any(i => Names(i, rule)),
        MappingNode mapping => mapping.Entries.Any(e => e.Key.Text == rule || Names(e.Value, rule)),
        _ => false,
    };

    private static string StateOf(Rule rule) => !rule.IsEnabled ? "off" : rule.IsDormant ? "dormant" : "on";

    private static string LimitText(LimitSheet limit) => string.Join("; ", new[]
    {
        limit.Unit.Length > 0 ? $"{limit.Default} ({limit.Unit})" : limit.Default, limit.Range.Length > 0 ? $"from {limit.Range}" : "", limit.About,
    }.Concat(limit.Overrides).Where(t => t.Length > 0));

    private static void Write(Utf8JsonWriter json, RuleSet set, RuleSheet sheet, IReadOnlyList<string> tests)
    {
        Rule rule = sheet.Rule;
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        json.WriteString("pack", rule.Pack);
        json.WriteNumber("version", rule.Version);
        json.WriteString("title", rule.Title);
        json.WriteString("category", rule.Category);
        json.WriteString("severity", RuleMarkdown.Name(rule.Severity));
        json.WriteString("state", StateOf(rule));
        json.WriteString("owner", rule.Owner);
        if (sheet.MostPoints is { } most) json.WriteNumber("mostPoints", most);
        if (rule.Floor is { } floor) json.WriteNumber("floor", floor);
        foreach ((string key, string value) in RuleMarkdown.Parts(sheet)) json.WriteString(key, value);
        json.WriteStartArray("severityWhen");
        foreach ((string when, Severity severity) in sheet.Severities)
        {
            json.WriteStartObject();
            json.WriteString("when", when);
            json.WriteString("severity", RuleMarkdown.Name(severity));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("inputs");
        foreach (string input in rule.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("name", input);
            json.WriteStartArray("sources");
            foreach (var source in set.Catalog.SourcesFor(input)) json.WriteStringValue(source.Source.Value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("limits");
        foreach (LimitSheet limit in sheet.Limits)
        {
            json.WriteStartObject();
            json.WriteString("name", limit.Name);
            json.WriteString("default", limit.Default);
            json.WriteString("unit", limit.Unit);
            json.WriteString("range", limit.Range);
            json.WriteString("about", limit.About);
            Strings("overrides", limit.Overrides);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next", rule.Next);
        json.WriteString("rationale", rule.Rationale.Trim());
        Strings("references", rule.References);
        Strings("tests", tests);
        json.WriteEndObject();

        void Strings(string name, IEnumerable<string> values)
        {
            json.WriteStartArray(name);
            foreach (string value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }
}
