using Quartz.Impl.AdoJobStore;

namespace Risk.Worker.Scheduling;

/// <summary>Quartz's statements in SQLite's dialect, without Quartz's own in-process lock.</summary>
/// <remarks>
/// Quartz pairs its SQLite delegate with an in-process lock. A transaction of ours that holds SQLite's writer lock and then schedules would wait for that lock
/// while its holder waits for the writer: a deadlock until the busy timeout. With this delegate Quartz locks rows in the database as it does elsewhere, so SQLite's
/// writer lock is the only one (docs/adr/0004).
/// </remarks>
internal sealed class SqliteScheduleDelegate : StdAdoDelegate
{
    protected override string SchemaResourceName => "Quartz.Impl.AdoJobStore.Schema.create_sqlite.sql";

    protected override SqlRowLimit GetRowLimit(int count) => SqlRowLimit.AtStatementEnd("LIMIT", count);
}
