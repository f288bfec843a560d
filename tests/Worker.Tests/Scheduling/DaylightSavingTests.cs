using Quartz;
using Risk.Connectors.Sdk;
using Risk.Worker.Scheduling;

namespace Risk.Worker.Tests.Scheduling;

/// <summary>Schedules walk over both changes of the clocks: they always advance, never stall, and run a daily job once a day.</summary>
/// <remarks>
/// X19: Hangfire's recurring jobs died on the night the clocks went forward ("invalid time"), Rundeck skipped them, Xen Orchestra ran them twice. A local time that
/// does not exist runs at the next one that does; a local time that comes twice runs once.
/// </remarks>
public sealed class DaylightSavingTests
{
    /// <summary>An hour in spring and autumn on either hemisphere, half an hour (Lord Howe), and at midnight (Santiago).</summary>
    private static readonly string[] Zones = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "America/Santiago"];

    public static TheoryData<string, string> Daily
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (string zone in Zones)
                foreach (string time in new[] { "00:15", "00:30", "01:45", "02:00", "02:15", "02:30", "03:00", "05:40", "23:45" }) rows.Add(zone, time);
            return rows;
        }
    }

    public static TheoryData<string> AllZones => [.. Zones];

    [Theory]
    [MemberData(nameof(Daily))]
    [Trait("Defect", "X19")] // X19: Recurring jobs died on the night the clocks went forward (Hangfire#537), or ran twice (xen-orchestra#4024).
    public void FireTimes_OfADailyJob_AreOneForEachLocalDay(string zoneId, string time)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        TimeOnly at = TimeOnly.ParseExact(time, "HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        DateTimeOffset[] fires = Walk(FormattableString.Invariant($"0 {at.Minute} {at.Hour} * * ?"), zone, Year(zone), Year(zone).AddDays(365));
        DateTime[] locals = [.. fires.Select(f => TimeZoneInfo.ConvertTime(f, zone).DateTime)];
        Assert.Equal(Enumerable.Range(0, 365).Select(day => new DateOnly(2026, 1, 1).AddDays(day)), locals.Select(DateOnly.FromDateTime));
        foreach (DateTime local in locals)
        {
            DateTime wanted = local.Date + at.ToTimeSpan();

            // The gap is at most an hour, so a time in it moves on by no more than that.
            if (zone.IsInvalidTime(wanted)) Assert.InRange(local, wanted, wanted.AddHours(1));
            else Assert.Equal(wanted, local);
        }
    }

    [Theory]
    [MemberData(nameof(AllZones))]
    public void FireTimes_OfFrequentJobs_NeverStall(string zoneId)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        foreach ((string cron, TimeSpan every) in new[] { ("0 0/15 * * * ?", TimeSpan.FromMinutes(15)), ("0 20 * * * ?", TimeSpan.FromHours(1)), ("0 20 0/6 * * ?", TimeSpan.FromHours(6)) })
        {
            DateTimeOffset[] fires = Walk(cron, zone, Year(zone), Year(zone).AddDays(365));

            // In the hour that comes twice a job may run in one of the two: an hour late, never longer.
            for (int i = 1; i < fires.Length; i++) Assert.InRange(fires[i] - fires[i - 1], TimeSpan.FromSeconds(1), every + TimeSpan.FromHours(1));
        }
    }

    [Theory]
    [MemberData(nameof(AllZones))]
    public void FireTimes_OfEverySourcesOwnSchedule_KeepItsCadence(string zoneId)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
        foreach (SourceManifest manifest in SourceCatalog.Discover().Statuses(configuration, "").Select(s => s.Module.Manifest))
        {
            DateTimeOffset[] fires = Walk(manifest.Cron, zone, Year(zone), Year(zone).AddDays(365));
            Assert.NotEmpty(fires);
            for (int i = 1; i < fires.Length; i++)
                Assert.True(fires[i] - fires[i - 1] <= manifest.Cadence + TimeSpan.FromHours(1), $"{manifest.Id}: {fires[i - 1]:u} to {fires[i]:u} in {zoneId}");
        }
    }

    private static DateTimeOffset Year(TimeZoneInfo zone) => new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(new DateTime(2026, 1, 1), zone), TimeSpan.Zero).AddSeconds(-1);

    private static DateTimeOffset[] Walk(string cron, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset until)
    {
        ITrigger trigger = SourceSchedules.Trigger(new JobKey("source"), cron, zone, from);
        var fires = new List<DateTimeOffset>();
        for (DateTimeOffset? next = trigger.GetFireTimeAfter(from); next is { } at && at <= until; next = trigger.GetFireTimeAfter(at))
        {
            Assert.True(fires.Count == 0 || at > fires[^1], $"{cron} in {zone.Id} stands still at {at:u}");
            fires.Add(at);
        }

        return [.. fires];
    }
}
