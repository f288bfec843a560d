using Microsoft.Data.Sqlite;
using Quartz;
using Quartz.Impl.AdoJobStore;
using Quartz.Impl.AdoJobStore.Common;

namespace Risk.Worker.Scheduling;

/// <summary>Registers Quartz with its tables in the store's own file. The only place that configures Quartz.</summary>
internal static class SchedulingSetup
{
    /// <summary>How long a statement of Quartz waits for another writer of the file.</summary>
    private const int BusyTimeoutSeconds = 60;

    /// <summary>Cycles and deliveries at the same time.</summary>
    private const int OtherJobs = 12;

    private static readonly TimeSpan MisfireThreshold = TimeSpan.FromMinutes(5);

    /// <param name="sources">How many may run at the same time.</param>
    public static void AddScheduling(this IServiceCollection services, string storePath, int sources, TimeProvider clock)
    {
        string connection = new SqliteConnectionStringBuilder { DataSource = storePath, DefaultTimeout = BusyTimeoutSeconds }.ToString();
        services.AddQuartz(quartz =>
        {
            quartz.UseTimeProvider(clock);
            // A source that waits for its upstream for hours must not keep deliveries and cycles from running.
            quartz.UseDefaultThreadPool(sources + OtherJobs);

            // A stop waits for jobs, and a download that hangs may take hours: it is told to end. What it had committed stays, the rest is done after the next start.
            quartz.ConfigureScheduler(static options => options.ShutdownJobInterruption = ShutdownJobInterruption.Always);
            quartz.UsePersistentStore(persistent =>
            {
                persistent.UseDriverDelegate<SqliteScheduleDelegate>();
                persistent.UseLockHandler<UpdateRowLockHandler>();
                persistent.UseGenericDatabase(SqliteFactory.Instance, connection, Metadata());
                persistent.ProvisionSchema();
                persistent.ConfigureStore(options =>
                {
                    options.AcceptEnlistedTransactions = true;
                    options.UseDbLocks = true;
                    options.AcquireTriggersWithinLock = true;
                    options.MisfireThreshold = MisfireThreshold;
                });
            });
            quartz.AddJobType<SourceJob>();
            quartz.AddJobType<CycleJob>();
            quartz.AddJobType<DeliveryJob>();
        });
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<SourceSchedules>();
        services.AddHostedService(static provider => provider.GetRequiredService<SourceSchedules>());
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }

    private static DbMetadata Metadata() => new()
    {
        ProductName = "SQLite",
        AssemblyName = typeof(SqliteConnection).Assembly.FullName!,
        ConnectionType = typeof(SqliteConnection),
        CommandType = typeof(SqliteCommand),
        ParameterType = typeof(SqliteParameter),
        ParameterDbType = typeof(SqliteType),
        ParameterDbTypePropertyName = nameof(SqliteParameter.SqliteType),
        ParameterNamePrefix = "@",
        ExceptionType = typeof(SqliteException),
        UseParameterNamePrefixInParameterCollection = true,
        BindByName = true,
        DbBinaryTypeName = nameof(SqliteType.Blob),
    };
}
