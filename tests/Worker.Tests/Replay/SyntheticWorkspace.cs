using System.Globalization;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Tests.Replay;

/// <summary>Fills the store of a workspace with a made-up year. For measuring by hand, so that 'risk replay' can be timed on it: RISK_SYNTHETIC_STORE names a file that is not there yet, RISK_SYNTHETIC_SUPPLIERS says how many.</summary>
public sealed class SyntheticWorkspace
{
    [Fact]
    public async Task Fill_Store_WithAYear()
    {
        string? wanted = Environment.GetEnvironmentVariable("RISK_SYNTHETIC_STORE");
        string file = wanted is { Length: > 0 } ? wanted : Path.Combine(Path.GetTempPath(), $"synthetic-{Guid.NewGuid():N}.db");
        int suppliers = int.Parse(Environment.GetEnvironmentVariable("RISK_SYNTHETIC_SUPPLIERS") ?? "2", CultureInfo.InvariantCulture);
        try
        {
            await using var store = new SqliteRiskStore(file);
            await store.InitializeAsync(CancellationToken.None);
            await new SyntheticHistory(suppliers, 365).WriteAsync(store, CancellationToken.None);
            await using var session = await store.ReadAsync(CancellationToken.None);
            Assert.Equal(SyntheticHistory.Start, await session.History.StartAsync(CancellationToken.None));
        }
        finally
        {
            if (file != wanted) File.Delete(file);
        }
    }
}
