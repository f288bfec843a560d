using Quartz;

namespace Risk.Worker.Scheduling;

/// <summary>Checks cron expressions without making others know Quartz.</summary>
internal static class CronSchedules
{
    public static bool IsValid(string expression) => CronExpression.TryParse(expression, out _);
}
