using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting;

/// <summary>Alerts that nobody acknowledges.</summary>
public sealed partial class PeopleTests
{
    private const string Escalating = """
        route: {receiver: owners, group_by: [supplier], group_wait: 0s, repeat_interval: 30d}
        receivers:
          - {name: owners, email_configs: [{to: "{supplier.owner}", fallback_to: x@buyer.example}]}
          - {name: backups, email_configs: [{to: "{supplier.backup_owner}", fallback_to: x@buyer.example}]}
          - {name: head, email_configs: [{to: head@buyer.example}]}
        calendars: [{name: office, weekdays: ["monday:friday"], times: [{start_time: "08:00", end_time: "18:00"}]}]
        escalations:
          - {name: deadline, matchers: [severity=~"high|critical"], notice_within: 10d, calendar: office, steps: [{after: 1h, receiver: head}]}
          - {name: unacknowledged, matchers: [severity=~"high|critical"], calendar: office, steps: [{after: 4h, receiver: backups}, {after: 6h, receiver: head}]}
        """;

    [Fact]
    public async Task Flush_NobodyAcknowledges_StepsAreTakenInOfficeHours()
    {
        Use(Escalating);
        Supply("S1");
        await Open("e1", "S1");
        Assert.Equal("m.keller@buyer.example", Only(await Flush(Start)).Recipient);

        // Four office hours from 08:00 (the start is before), then two more.
        Delivery[] later = await FlushAll(Start.AddMinutes(15), Start.AddHours(30));
        Assert.Equal(["p.osei@buyer.example 12:00", "head@buyer.example 14:00"], later.Select(d => $"{d.Recipient} {d.CreatedAt:HH:mm}"));
        Assert.Contains("escalated: ", later[0].Subject, StringComparison.Ordinal);
        Assert.Contains("nobody acknowledged it within 4h of office hours", Text(later[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flush_AcknowledgedOrResolved_EscalatesNoMore(bool acknowledged)
    {
        Use(Escalating);
        Supply("S1");
        await Open("e1", "S1");
        await Flush(Start);
        if (acknowledged) await store.Workflow.RecordAsync(new AlertAct("e1", Start, "acknowledged", "m.keller", "command", ""), new AlertWorkflow("e1") { Acknowledged = new Acknowledgement("m.keller", Start, "", 0) }, CancellationToken.None);
        else await Open("e1", "S1", AlertTransitionKind.Resolved, Start.AddHours(1));
        Assert.DoesNotContain(await FlushAll(Start.AddMinutes(15), Start.AddHours(30)), d => d.Subject.Contains("escalated: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flush_NoticeDeadlineComesNear_EscalatesSooner()
    {
        // Notice can be given until 2026-03-12; the escalation for near deadlines holds from 10 days before, 2026-03-02 12:00.
        Use(Escalating);
        store.Portfolio.Add(NotificationSample.Brightwater with { Id = new SupplierId("S1"), Contract = new Contract { Id = "C", End = new DateTimeOffset(2026, 6, 10, 9, 0, 0, TimeSpan.Zero), NoticeDays = 90 } });
        await Open("e1", "S1");
        await Flush(Start);
        Delivery sooner = (await FlushAll(Start.AddMinutes(15), Start.AddHours(30)))[0];
        Assert.Equal("head@buyer.example 09:00", $"{sooner.Recipient} {sooner.CreatedAt:HH:mm}");
    }
}
