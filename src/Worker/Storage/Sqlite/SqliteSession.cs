using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Risk.Worker.Storage.Sqlite;

/// <summary>One transaction and the tables seen through it. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IStoreSession
{
    private readonly SqliteConnection connection;
    private readonly SqliteTransaction transaction;
    private readonly string file;
    private Action? release;

    public SqliteSession(SqliteConnection connection, SqliteTransaction transaction, string file, Action release)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.file = file;
        this.release = release;
        var sql = new SqliteStatements(connection, transaction);
        var ledger = new SqliteLedger(sql);
        Ledger = ledger;
        Suppliers = new SqliteSupplierTable(sql, ledger);
        Signals = new SqliteSignalTable(sql, ledger);
        Sources = new SqliteSourceTable(sql, ledger);
        Assessments = new SqliteAssessmentTable(sql, ledger);
        PortfolioRules = new SqlitePortfolioRuleTable(sql);
        Identities = new SqliteIdentityTable(sql, ledger);
        Alerts = new SqliteAlertTable(sql, ledger);
        Deliveries = new SqliteDeliveryTable(sql, ledger);
        History = new SqliteHistoryTable(sql);
        Screening = new SqliteScreeningTable(sql);
    }

    public ISupplierTable Suppliers { get; }

    public ISignalTable Signals { get; }

    public ISourceTable Sources { get; }

    public IAssessmentTable Assessments { get; }

    public IPortfolioRuleTable PortfolioRules { get; }

    public IIdentityTable Identities { get; }

    public IAlertTable Alerts { get; }

    public IDeliveryTable Deliveries { get; }

    public ILedger Ledger { get; }

    public IHistoryTable History { get; }

    public IScreeningTable Screening { get; }

    public DbTransaction Transaction => transaction;

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await transaction.CommitAsync(cancellationToken);
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.Explain(failure, file);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Action? once = Interlocked.Exchange(ref release, null);
        if (once is null) return;
        try
        {
            // Rolls back what was not committed.
            await transaction.DisposeAsync();
        }
        finally
        {
            await connection.DisposeAsync();
            once();
        }
    }
}
