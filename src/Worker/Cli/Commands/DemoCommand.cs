using System.CommandLine;
using System.Threading.RateLimiting;
using Risk.Connectors.Sdk.Http;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Reporting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>The whole pipeline on recordings that come with the executable: nothing leaves the machine.</summary>
internal static class DemoCommand
{
    private static readonly DateTimeOffset FirstDay = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);

    public static Command Create(CommandHost host)
    {
        var to = new Option<string>("--out") { Description = "Where mails, webhooks and the report go.", HelpName = "DIR", DefaultValueFactory = _ => "./demo-out" };
        var command = new Command("demo", "Two days of a recorded scenario, offline: mails, webhooks and a report to look at.") { to };
        host.Handle(command, (context, token) => RunAsync(context, Path.GetFullPath(context.Parsed.GetValue(to)!), token));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string folder, CancellationToken cancellationToken)
    {
        string workspace = Path.Combine(folder, "workspace"), outbox = Path.Combine(folder, "outbox");
        if (Directory.Exists(folder) && !File.Exists(Path.Combine(folder, MarkerFile)) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new CommandFailure(ExitCode.Usage, $"{folder} holds other files; name an empty or new folder with --out");
        }

        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        await WriteAsync(Bundle.Workspace, workspace, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, MarkerFile), "Made by 'risk demo'; the next run replaces this folder.\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(workspace, "demo-key"), "demo\n", cancellationToken);
        await using var upstream = await RecordedUpstream.StartAsync(cancellationToken);
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            KeyValuePair.Create<string, string?>("Risk:Workspace", workspace),
            KeyValuePair.Create<string, string?>("Risk:Upstreams:Mirror", upstream.Address),
            KeyValuePair.Create<string, string?>("Risk:Upstreams:Contact", "demo@example.org"),
            KeyValuePair.Create<string, string?>("Risk:Sources:Enabled", RecordedSources),
            KeyValuePair.Create<string, string?>("Risk:Sources:ofac-sdn:MinimumRows", "1"),
            KeyValuePair.Create<string, string?>("Risk:Sources:companies-house:ApiKey", "file:" + Path.Combine(workspace, "demo-key")),
        ]).Build();
        for (int day = 1; day <= 2; day++)
        {
            DateTimeOffset at = FirstDay.AddDays(day - 1);
            upstream.Add(Bundle.DemoDay(day));
            await WriteAsync([.. Bundle.DemoDay(day).Where(f => f.Path.StartsWith(WorkspacePrefix, StringComparison.Ordinal)).Select(f => f with { Path = f.Path[WorkspacePrefix.Length..] })], workspace, cancellationToken);
            await using RiskApplication application = await RiskApplication.OpenAsync(configuration, cancellationToken, new StillTimeProvider(at), outbox, Unlimited());
            if (!context.Output.Json) context.Output.Line($"== Day {day}: {CommandOutput.Instant(at)} ==");
            RuleBook book = await PortfolioSync.ImportAsync(application, context.Output, static _ => { }, cancellationToken);
            RunOutcome outcome = await RunCommand.RunOnceAsync(application, book, context.Output, cancellationToken);
            outcome.Print(context.Output);
            if (day == 2) await ReportAsync(application, folder, outbox, at, cancellationToken);
        }

        if (!context.Output.Json)
        {
            context.Output.Line();
            context.Output.Line($"Look at {Path.Combine(folder, "index.html")} (the portfolio, with every mail and webhook), then");
            context.Output.Line($"  risk explain SUP-001 --workspace {RuleBookLoader.Display(workspace)}");
        }

        return ExitCode.Done;
    }

    /// <summary>The recordings are ours: nobody's request limits apply.</summary>
    private static HostLimiters Unlimited() => new(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 16, QueueLimit = int.MaxValue }));

    /// <summary>What the scenario holds recordings of, or files for.</summary>
    private const string RecordedSources = "certificate-file,cisa-kev,companies-house,contracts,gleif,kpi-file,ofac-sdn,sec-edgar";

    private const string MarkerFile = "demo.txt";
    private const string WorkspacePrefix = "workspace/";

    private static async Task ReportAsync(RiskApplication application, string folder, string outbox, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        PortfolioReport report = await PortfolioReport.LoadAsync(session, at, cancellationToken);
        string html = report.ToHtml(delivery => Path.GetRelativePath(folder, Path.Combine(outbox, delivery.Id + (delivery.Channel == "email" ? ".html" : ".json"))).Replace('\\', '/'));
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), html, cancellationToken);
    }

    private static async Task WriteAsync(IEnumerable<BundledFile> files, string folder, CancellationToken cancellationToken)
    {
        foreach (BundledFile file in files)
        {
            string path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using Stream content = file.Open();
            await using FileStream target = File.Create(path);
            await content.CopyToAsync(target, cancellationToken);
        }
    }
}
