using System.CommandLine;
using System.Text.Json;
using Risk.Rules.Diagnostics;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Portfolio;

namespace Risk.Worker.Cli.Commands;

internal static class CheckCommand
{
    public static Command Create(CommandHost host)
    {
        var path = new Argument<string?>("PATH") { Description = "The workspace (default: as set).", Arity = ArgumentArity.ZeroOrOne };
        var strict = new Option<bool>("--strict") { Description = "Warnings count as errors." };
        var command = new Command("check", "Everything a start would refuse, all at once: settings, portfolio, rules, routing. Changes nothing.") { path, strict };
        host.Handle(command, (context, _) => Task.FromResult(Check(context, context.Parsed.GetValue(path), context.Parsed.GetValue(strict))));
        return command;
    }

    private static int Check(CommandContext context, string? path, bool strict)
    {
        IConfiguration configuration = context.For(path);
        var diagnostics = new DiagnosticBag();
        int suppliers = 0;
        RuleBook? book = null;
        if (RiskOptions.Read(configuration, diagnostics) is { } options)
        {
            SourceRegistry sources = SourceRegistry.Create(options, configuration, diagnostics);
            PortfolioReadResult portfolio = PortfolioFile.ReadWorkspace(options.Workspace);
            diagnostics.AddRange(portfolio.Diagnostics);
            suppliers = portfolio.Suppliers.Length;
            var loader = new RuleBookLoader(options, sources, ReceiverChannels.Discover()) { Clock = options.Clock is { } start ? new ShiftedTimeProvider(start) : TimeProvider.System };
            book = loader.Load(portfolio.OwnColumns, diagnostics);
            if (book is not null) diagnostics.AddRange(Ownerless(options, book.Routing, portfolio, Instants.Now(loader.Clock)));
            if (book is not null) Tests(options, configuration, portfolio, diagnostics);
        }

        Diagnostic[] all = [.. diagnostics.Sorted()];
        bool bad = diagnostics.HasErrors || (strict && all.Any(d => d.Severity == DiagnosticSeverity.Warning));
        CommandOutput output = context.Output;
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("ok", !bad);
                json.WriteStartArray("diagnostics");
                foreach (Diagnostic diagnostic in all) Write(json, diagnostic);
                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            output.Diagnostics(all);
            if (!bad) output.Line($"ok: {CommandOutput.Count(suppliers, "supplier")}, {CommandOutput.Count(book!.Rules.Rules.Length, "rule")} (set {book.Rules.Hash[..12]}), {CommandOutput.Count(book.Catalog.Sources.Count, "source")}");
        }

        return !bad ? ExitCode.Done : diagnostics.HasErrors ? ExitCode.Usage : ExitCode.Found;
    }

    /// <summary>What a start takes and a reload refuses: tests that fail. And rules that no test looks after.</summary>
    private static void Tests(RiskOptions options, IConfiguration configuration, PortfolioReadResult portfolio, DiagnosticBag diagnostics)
    {
        var ofTests = new DiagnosticBag();
        var tests = new PackTests(options, SourceRegistry.Everything(options, configuration, new DiagnosticBag()), ReceiverChannels.Discover());
        if (tests.Run(portfolio.OwnColumns, ofTests) is not var (report, files))
        {
            diagnostics.AddRange(ofTests.Sorted());
            return;
        }

        diagnostics.AddRange(PackTests.Failures(report).Select(d => d with { Severity = DiagnosticSeverity.Warning, Message = d.Message + "; a running service does not take these files over" }));
        if (files > 0) diagnostics.AddRange(tests.Untested(report));
    }

    /// <summary>Suppliers for which a receiver's columns name nobody: their alerts go to the fallback.</summary>
    private static IEnumerable<Diagnostic> Ownerless(RiskOptions options, RoutingModel routing, PortfolioReadResult portfolio, DateTimeOffset at)
    {
        foreach (ReceiverModel receiver in routing.Receivers.Values)
        {
            foreach (ReceiverTarget target in receiver.Targets.Where(t => t.SupplierFields.Count > 0))
            {
                (Supplier Supplier, string Why)[] nobody = [.. portfolio.Suppliers.Select(s => (s, target.WhyNobody(s, at) ?? "")).Where(s => s.Item2.Length > 0)];
                if (nobody.Length == 0) continue;
                string some = string.Join(", ", nobody.Take(5).Select(p => p.Supplier.Id.Value)) + (nobody.Length > 5 ? $" and {nobody.Length - 5} more" : "");
                yield return new Diagnostic(
                    DiagnosticSeverity.Warning, "T029", $"receiver '{receiver.Name}' reaches nobody for {CommandOutput.Count(nobody.Length, "supplier")} ({some}); their alerts go to the fallback: {nobody[0].Why}",
                    new SourcePosition(RuleBookLoader.Display(options.RoutingFile), 0, 0));
            }
        }
    }

    private static void Write(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("file", diagnostic.Position.File);
        json.WriteNumber("line", diagnostic.Position.Line);
        json.WriteNumber("column", diagnostic.Position.Column);
        json.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
        json.WriteString("code", diagnostic.Code);
        json.WriteString("message", diagnostic.Message);
        json.WriteEndObject();
    }
}
