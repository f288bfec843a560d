using System.CommandLine;
using System.Globalization;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class LedgerCommand
{
    public static Command Create(CommandHost host)
    {
        var verify = new Command("verify", "Walks the hash chain from the start and says where it breaks.");
        host.Handle(verify, VerifyAsync);
        return new Command("ledger", "The append-only record of snapshots, signals, assessments, alerts and deliveries.") { verify };
    }

    private static async Task<int> VerifyAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        LedgerVerification result = await session.Ledger.VerifyAsync(cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("entries", result.Entries);
                json.WriteBoolean("intact", result.BrokenAt is null);
                if (result.BrokenAt is { } broken) json.WriteNumber("brokenAt", broken);
                json.WriteString("problem", result.Problem);
                json.WriteString("head", result.HeadHash);
                json.WriteEndObject();
            });
        }
        else if (result.BrokenAt is { } broken)
        {
            context.Output.Line(string.Create(CultureInfo.InvariantCulture, $"broken at entry {broken:N0}: {result.Problem}"));
        }
        else
        {
            context.Output.Line(string.Create(CultureInfo.InvariantCulture, $"intact: {result.Entries:N0} entries, head {result.HeadHash}"));
        }

        return result.BrokenAt is null ? ExitCode.Done : ExitCode.Found;
    }
}
