using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;
using Risk.Rules.Suppliers;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class EvalCommand
{
    /// <summary>A bindings file may have this many bytes.</summary>
    private const long MaximumBindings = 4L << 20;

    public static Command Create(CommandHost host)
    {
        var expression = new Argument<string?>("EXPR") { Description = "A CEL expression.", Arity = ArgumentArity.ZeroOrOne };
        var bindings = new Option<string?>("--bindings") { Description = "JSON object with the variables.", HelpName = "FILE.json" };
        var supplier = new Option<string?>("--supplier") { Description = "Evaluate as a rule would see this supplier.", HelpName = "ID" };
        var asOf = new Option<string?>("--as-of") { Description = "What was known here at this instant.", HelpName = "INSTANT" };
        var batch = new Option<string?>("--batch") { Description = "Evaluate every case of a file in the form of the CEL conformance cases; writes a JSON array in the same order.", HelpName = "FILE.json" };
        var command = new Command("eval", "Evaluates a CEL expression; result or error as JSON.") { expression, bindings, supplier, asOf, batch };
        command.Validators.Add(given =>
        {
            bool isBatch = given.GetResult(batch) is not null;
            if (isBatch == given.GetValue(expression) is not null) given.AddError(isBatch ? "give an expression or --batch, not both" : "give an expression, or --batch FILE.json");
            else if (isBatch && (given.GetResult(bindings) ?? given.GetResult(supplier) ?? given.GetResult(asOf)) is not null) given.AddError("--batch takes bindings from its file, and knows no supplier");
        });
        host.Handle(command, (context, token) =>
        {
            if (context.Parsed.GetValue(batch) is { } cases) return EvalBatch.RunAsync(context, cases, token);
            return context.Parsed.GetValue(supplier) is { } id
                ? ForSupplierAsync(context, context.Parsed.GetValue(expression)!, new SupplierId(id), context.Parsed.GetValue(asOf), token)
                : Task.FromResult(WithBindings(context, context.Parsed.GetValue(expression)!, context.Parsed.GetValue(bindings)));
        });
        return command;
    }

    private static int WithBindings(CommandContext context, string expression, string? file)
    {
        using JsonDocument document = ReadBindings(file);
        JsonProperty[] variables = [.. document.RootElement.EnumerateObject()];
        CelEnvironment environment = CelEnvironment.Create(CelMode.Conformance, variables.Select(v => new CelVariable(v.Name, CelType.Dyn)), [], []);
        var diagnostics = new DiagnosticBag();
        if (CelCompiler.Compile(expression, environment, null, diagnostics) is not { } compiled) throw new CommandFailure(diagnostics.Sorted());
        var frame = new CelFrame(environment);
        for (int i = 0; i < variables.Length; i++) frame[environment.Slot(variables[i].Name)] = CelJson.FromJson(variables[i].Value);
        return Print(context, compiled.Type, compiled.Evaluate(frame));
    }

    private static async Task<int> ForSupplierAsync(CommandContext context, string expression, SupplierId id, string? asOfText, CancellationToken cancellationToken)
    {
        DateTimeOffset? asOf = InstantArgument.Read("--as-of", asOfText);
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        StoredSupplier supplier = await session.Suppliers.FindAsync(id, asOf, cancellationToken)
            ?? throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{id}'; 'risk suppliers list' tells which there are");
        RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
        var dossier = await EvaluationCycle.DossierAsync(session, book.Catalog, supplier, asOf ?? Configuration.Instants.Now(application.Clock), cancellationToken);
        var diagnostics = new DiagnosticBag();
        return book.Rules.Ask(expression, dossier, diagnostics) is var (type, value) ? Print(context, type, value) : throw new CommandFailure(diagnostics.Sorted());
    }

    private static JsonDocument ReadBindings(string? file)
    {
        if (file is null) return JsonDocument.Parse("{}");
        try
        {
            if (new FileInfo(file).Length > MaximumBindings) throw new CommandFailure(ExitCode.Usage, $"{file}: larger than {MaximumBindings >> 20} MB");
            JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new CommandFailure(ExitCode.Usage, $"{file}: write a JSON object, variable name to value");
        }
        catch (JsonException e)
        {
            throw NotJson(file, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{file}: {e.Message}");
        }
    }

    public static CommandFailure NotJson(string file, JsonException problem) =>
        new([new Diagnostic(DiagnosticSeverity.Error, "G021", $"not JSON: {problem.Message.Split(". ")[0]}", new SourcePosition(file, (int)(problem.LineNumber ?? 0) + 1, (int)(problem.BytePositionInLine ?? 0) + 1))]);

    private static int Print(CommandContext context, CelType type, CelValue value)
    {
        var answer = new JsonObject();
        if (value.IsError) answer["error"] = value.ToString();
        else if (value.IsMissing) answer["unknown"] = value.ToString();
        else
        {
            answer["type"] = type.ToString();
            answer["value"] = CelJson.ToJson(value);
        }

        context.Output.WriteJson(json => answer.WriteTo(json));
        return value.IsError || value.IsMissing ? ExitCode.Found : ExitCode.Done;
    }
}
