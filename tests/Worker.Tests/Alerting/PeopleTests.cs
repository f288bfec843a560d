using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting;

/// <summary>What people get: owners, digests, ceilings, escalations, through the dispatcher.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The fake holds nothing.")]
public sealed partial class PeopleTests
{
    private const string Globals = "schema: routing/1\nglobal: {smtp_smarthost: \"127.0.0.1:25\", smtp_from: risk@buyer.example, webhook_allow: [127.0.0.0/8]}\n";

    /// <summary>A Monday, 06:15 UTC.</summary>
    private static readonly DateTimeOffset Start = NotificationSample.At;

    private readonly FakeStore store = new();

    private AlertDispatcher dispatcher = null!;

    [Fact]
    public async Task Flush_NobodysAlert_GoesToTheFallbackReceiverAndSaysWhy()
    {
        Use("""
            fallback_receiver: desk
            route: {receiver: owners, group_by: [rule], group_wait: 0s}
            receivers: [{name: owners, email_configs: [{to: "{supplier.owner}"}]}, {name: desk, email_configs: [{to: desk@buyer.example}], webhook_configs: [{url: "http://127.0.0.1/x"}]}]
            """);
        Supply("S1");
        Supply("S2", owner: "Jan Novak", backup: "");
        Supply("S3", owner: "", backup: "");
        foreach (string supplier in new[] { "S1", "S2", "S3" }) await Open("e" + supplier, supplier);
        await Flush(Start);
        Assert.Equal(
            ["desk@buyer.example eS2,eS3", "http://127.0.0.1/x eS2,eS3", "m.keller@buyer.example eS1"],
            store.Stored.Values.Select(d => $"{d.Recipient} {string.Join(',', d.Episodes.Order())}").Order());
        string mail = Mail("desk@buyer.example");
        Assert.Contains("'Jan Novak'", mail, StringComparison.Ordinal);
        Assert.Contains("fallback", mail, StringComparison.Ordinal);
        Assert.Contains("You are the owner of Company S1.", Mail("m.keller@buyer.example"), StringComparison.Ordinal);
    }

    // Whoever was both owner and fallback lost one of the two.
    [Fact]
    public async Task Flush_OwnerIsTheFallbackToo_GetsBothInOneMail()
    {
        Use("""
            route: {receiver: owners, group_by: [rule], group_wait: 0s}
            receivers: [{name: owners, email_configs: [{to: "{supplier.owner}", fallback_to: m.keller@buyer.example}]}]
            """);
        Supply("S1");
        Supply("S2", owner: "", backup: "");
        await Open("e1", "S1");
        await Open("e2", "S2");
        await Flush(Start);
        Assert.Equal(["e1", "e2"], Assert.Single(store.Stored.Values).Episodes.Order());
    }

    [Fact]
    public async Task Flush_OwnerIsAway_TheBackupOwnerIsTold()
    {
        Use("""
            route: {receiver: owners, group_wait: 0s}
            receivers: [{name: owners, email_configs: [{to: "{supplier.owner}, {supplier.backup_owner}", fallback_to: x@buyer.example}]}]
            """);
        Supply("S1", attributes: ("owner_away_until", "2026-03-02"));
        Supply("S2", attributes: ("owner_away_until", "2026-03-01"));
        await Open("e1", "S1");
        await Flush(Start);
        Assert.Equal(["p.osei@buyer.example"], store.Stored.Values.Select(d => d.Recipient));
        Assert.Contains("m.keller@buyer.example is away until 2026-03-02", Mail("p.osei@buyer.example"), StringComparison.Ordinal);
        await Open("e2", "S2");
        await Flush(Start.AddHours(1));
        Assert.Contains(store.Stored.Values, d => d.Recipient == "m.keller@buyer.example");
    }

    // X10: One person was mailed twice through two rules (SecObserve#4682).
    [Fact]
    [Trait("Defect", "X10")]
    public async Task Flush_OverlappingGroups_TellEachAlertOnceWithAllReasons()
    {
        Use("""
            route:
              receiver: first
              group_wait: 0s
              routes:
                - {matchers: [kind="risk"], receiver: first, continue: true, group_by: [supplier]}
                - {matchers: [severity="high"], receiver: second, group_by: [rule]}
            receivers: [{name: first, email_configs: [{to: boss@buyer.example}]}, {name: second, email_configs: [{to: BOSS@buyer.example}]}]
            """);
        await Open("e1", "S1");
        await Open("e2", "S1", rule: "R2");
        await Open("e3", "S2", rule: "R2");
        await Flush(Start);
        Assert.Equal(["e1", "e2", "e3"], store.Stored.Values.SelectMany(d => d.Episodes).Order());
        Assert.Contains(store.Stored.Values, d => Text(d).Contains("Receiver 'first' names you. Receiver 'second' names you.", StringComparison.Ordinal));
    }

    // X02, X03: A digest was cleared before it was sent, or skipped as unchanged.
    [Fact]
    [Trait("Defect", "X03")]
    public async Task Flush_Digest_HoldsWhatIsNewSinceTheLastThatArrivedWorstFirst()
    {
        Use("""
            route: {receiver: managers, group_by: [supplier], group_wait: 0s, group_interval: 5m, repeat_interval: 1d}
            receivers: [{name: managers, email_configs: [{to: boss@buyer.example, digest: daily at 08:00}]}]
            """);
        await Open("e1", "S1", severity: Severity.Warning);
        await Open("e2", "S2");
        Assert.Empty(await Flush(Start));
        Assert.Empty(await Flush(Start.AddMinutes(104)));
        Delivery first = Only(await Flush(Start.AddMinutes(105)));
        Assert.Equal("e2 e1", string.Join(' ', first.Episodes));
        Assert.StartsWith("[Risk] DIGEST 2 alerts on 2 suppliers: 1 high, 1 warning", first.Subject, StringComparison.Ordinal);
        await End(first, DeliveryState.Dead);
        await Open("e3", "S3", at: Start.AddHours(5));
        await Flush(Start.AddHours(5));

        // The first never arrived.
        Delivery second = Only(await Flush(Start.AddMinutes(105).AddDays(1)));
        Assert.Equal(["e1", "e2", "e3"], second.Episodes.Order());
        await End(second, DeliveryState.Delivered);
        for (int hour = 0; hour < 50; hour++) Assert.Empty(await Flush(Start.AddDays(1).AddHours(2 + hour)));
        await Open("e1", "S1", AlertTransitionKind.Resolved, Start.AddDays(4), Severity.Warning);
        await Flush(Start.AddDays(4));
        Delivery third = Only(await Flush(Start.AddDays(4).AddHours(4)));
        Assert.Equal("e1", Assert.Single(third.Episodes));
        Assert.Contains("1 has ended", third.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_DigestReader_CriticalComesAtOnceAndIsNotRepeatedInTheDigest()
    {
        Use("""
            route: {receiver: managers, group_by: [supplier], group_wait: 0s}
            receivers: [{name: managers, email_configs: [{to: boss@buyer.example, digest: daily at 08:00}]}]
            """);
        await Open("c1", "S1", severity: Severity.Critical);
        await Open("e1", "S1", rule: "R2");
        Delivery now = Only(await Flush(Start));
        Assert.Equal("c1", Assert.Single(now.Episodes));
        Assert.Contains("1 further alert waits for your next digest (2026-03-02 08:00 UTC)", Text(now), StringComparison.Ordinal);
        Assert.Equal("e1", Assert.Single(Only(await Flush(Start.AddHours(2))).Episodes));
    }

    [Fact]
    public async Task Flush_OwnDigest_HoldsWhatOthersGetAtOnce()
    {
        Use("""
            route: {receiver: r, group_wait: 0s}
            receivers: [{name: r, email_configs: [{to: "boss@buyer.example, cfo@buyer.example"}]}]
            people: {digests: {CFO@buyer.example: daily at 08:00}}
            """);
        await Open("e1", "S1");
        Assert.Equal("boss@buyer.example", Only(await Flush(Start)).Recipient);
        Assert.Equal("cfo@buyer.example", Only(await Flush(Start.AddHours(2))).Recipient);
    }

    [Fact]
    public async Task Flush_Muted_IsInTheDigestOnceWithTheReason()
    {
        Use("""
            route: {receiver: managers, group_by: ["..."], group_wait: 0s, routes: [{receiver: office, matchers: [rule="R7"], active_time_intervals: [late]}]}
            time_intervals: [{name: late, time_intervals: [{times: [{start_time: "20:00", end_time: "21:00"}]}]}]
            receivers: [{name: managers, email_configs: [{to: boss@buyer.example, digest: daily at 08:00}]}, {name: office, email_configs: [{to: boss@buyer.example}]}]
            people: {digest: daily at 08:00}
            inhibit_rules: [{source_matchers: [rule="R1"], target_matchers: [rule="R2"], equal: [supplier]}]
            """, new Silence("S-1", [new Matcher("rule", MatchOperator.Equal, "R3")], Start, Start.AddDays(9), "j.novak", "", "move to Brno", ""));
        await Open("told", "S1", rule: "R1");
        await Open("inhibited", "S1", rule: "R2");
        await Open("silenced", "S1", rule: "R3");
        await Open("flapping", "S1", rule: "R4", flapping: 5);
        await Open("taken", "S1", rule: "R5");
        await Open("outside", "S1", rule: "R7");
        await store.Workflow.RecordAsync(new AlertAct("taken", Start, "acknowledged", "m.keller", "command", ""), new AlertWorkflow("taken") { Acknowledged = new Acknowledgement("m.keller", Start, "", 0) }, CancellationToken.None);
        await Flush(Start);
        Delivery digest = Only(await Flush(Start.AddHours(2)));
        string text = Text(digest);
        Assert.Contains("NOT TOLD SEPARATELY, AND WHY", text, StringComparison.Ordinal);
        foreach (string reason in new[] { "silenced by S-1", "inhibited by 'Late filing' (R1)", "flapping: opened 5 times", "acknowledged by m.keller", "outside hours" }) Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Equal(6, digest.Episodes.Length);
        await End(digest, DeliveryState.Delivered);
        Assert.DoesNotContain(await FlushAll(Start.AddHours(2), Start.AddHours(13)), d => d.GroupKey == "digest");
    }

    [Fact]
    public async Task Flush_MutedOnly_IsNotLostEither()
    {
        Use("""
            route: {receiver: managers, group_wait: 0s}
            receivers: [{name: managers, email_configs: [{to: boss@buyer.example}]}]
            people: {digest: daily at 08:00}
            """, new Silence("S-1", [new Matcher("rule", MatchOperator.Equal, "R1")], Start, Start.AddHours(4), "j.novak", "", "move", ""));
        await Open("e1", "S1");
        Assert.Empty(await Flush(Start));
        Assert.Contains("1 not told separately", Only(await Flush(Start.AddHours(2))).Subject, StringComparison.Ordinal);
        Delivery told = Assert.Single(await FlushAll(Start.AddHours(2).AddMinutes(5), Start.AddHours(6)));
        Assert.Equal((Start.AddHours(4), "e1"), (told.CreatedAt, Assert.Single(told.Episodes)));
    }

    /// <summary>What was told yesterday is worse and stands below: the subject and the first lines tell what is new.</summary>
    [Fact]
    public async Task Flush_AlertJoinsAWorseOne_LeadsTheMail()
    {
        Use("route: {receiver: r, group_by: [supplier], group_wait: 0s, group_interval: 1h}\nreceivers: [{name: r, email_configs: [{to: boss@buyer.example}]}]");
        Supply("S1");
        await Open("old", "S1", severity: Severity.Critical, rule: "OLD");
        Assert.Contains("CRITICAL", Only(await Flush(Start)).Subject, StringComparison.Ordinal);
        await Open("new", "S1", severity: Severity.High, rule: "NEW", at: Start.AddHours(20));
        Delivery mail = Only(await Flush(Start.AddHours(20)));
        Assert.StartsWith("[Risk] HIGH", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("(+1 more)", mail.Subject, StringComparison.Ordinal);
        string text = Text(mail);
        Assert.True(text.IndexOf("HIGH", StringComparison.Ordinal) < text.IndexOf("CRITICAL", StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task Flush_Flapping_IsToldWhenItStays()
    {
        Use("route: {receiver: r, group_wait: 0s, group_interval: 1h}\nreceivers: [{name: r, email_configs: [{to: boss@buyer.example, send_resolved: true}]}]");
        await Open("third", "S1", flapping: 3);
        Assert.Single(await Flush(Start));
        await Open("third", "S1", AlertTransitionKind.Resolved, Start.AddHours(2), flapping: 3);
        Assert.Single(await FlushAll(Start.AddHours(1), Start.AddHours(4)));
        await Open("short", "S1", at: Start.AddHours(5), flapping: 4);
        await Open("short", "S1", AlertTransitionKind.Resolved, Start.AddHours(8), flapping: 4, startsAt: Start.AddHours(5));
        Assert.Empty(await FlushAll(Start.AddHours(5), Start.AddHours(12)));
        await Open("long", "S1", at: Start.AddHours(13), flapping: 5);
        Assert.Equal("long", Assert.Single(Assert.Single(await FlushAll(Start.AddHours(13), Start.AddHours(40))).Episodes));
    }

    [Fact]
    public async Task Flush_OverTheCeiling_WaitsForTheDigestAndTheMailSaysHowMany()
    {
        Use("""
            route: {receiver: r, group_by: [supplier], group_wait: 0s}
            receivers: [{name: r, email_configs: [{to: boss@buyer.example}]}]
            people: {digest: daily at 08:00, most_per_hour: 3, burst: {more_than: 3, within: 10m}}
            """);
        for (int i = 0; i < 3; i++)
        {
            await Open($"e{i}", $"S{i}", at: Start.AddMinutes(i * 11));
            Assert.Single(await Flush(Start.AddMinutes(i * 11)));
        }

        await Open("e7", "S7", at: Start.AddMinutes(40));
        await Open("e8", "S8", at: Start.AddMinutes(40));
        Assert.Empty(await Flush(Start.AddMinutes(40)));
        await Open("c9", "S9", at: Start.AddMinutes(41), severity: Severity.Critical);
        Assert.Contains("2 further alerts wait for your next digest", Text(Only(await Flush(Start.AddMinutes(41)))), StringComparison.Ordinal);
        Assert.Equal(["e7", "e8"], Only(await Flush(Start.AddMinutes(105))).Episodes.Order());
    }

    [Fact]
    public async Task Flush_FiveHundredAtOnce_AreOneTable()
    {
        Use("""
            route: {receiver: r, group_by: [supplier], group_wait: 0s}
            receivers: [{name: r, email_configs: [{to: boss@buyer.example}], webhook_configs: [{url: "http://127.0.0.1/x"}]}]
            people: {burst: {more_than: 5, within: 10m}}
            """);
        for (int i = 0; i < 500; i++) await Open($"e{i:000}", $"S{i:000}");
        IReadOnlyList<string> ids = await Flush(Start);
        Assert.Equal(500, store.Stored.Values.Count(d => d.Channel == "webhook"));
        Delivery table = Assert.Single(ids.Select(id => store.Stored[id]), d => d.Channel == "email");
        Assert.Equal(500, table.Episodes.Length);
        Assert.StartsWith("[Risk] TABLE 500 alerts on 500 suppliers", table.Subject, StringComparison.Ordinal);
        for (int i = 500; i < 510; i++) await Open($"e{i:000}", $"S{i:000}", at: Start.AddMinutes(1));
        Assert.DoesNotContain((await Flush(Start.AddMinutes(1))).Select(id => store.Stored[id]), d => d.Channel == "email");
        Assert.Equal(10, Only(await Flush(Start.AddMinutes(10))).Episodes.Length);
    }

    // Nothing is ever lost: whatever the limits, every opening, worsening and end that a group would tell reaches its person, at once, in a table or in a digest.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Flush_RandomWeek_EveryTransitionReachesItsPerson(int seed)
    {
        var random = new Random(seed);
        Use($$"""
            route: {receiver: r, group_by: [supplier], group_wait: 0s, group_interval: 10m, routes: [{receiver: d, matchers: [rule="R2"]}]}
            receivers: [{name: r, email_configs: [{to: "{supplier.owner}", fallback_to: x@buyer.example, send_resolved: true}]}, {name: d, email_configs: [{to: boss@buyer.example, digest: hourly}]}]
            people: {digest: daily at 08:00, most_per_hour: {{1 + (seed * 2)}}, most_per_day: 12, burst: {more_than: {{1 + seed}}, within: 10m} }
            """);
        for (int i = 0; i < 12; i++) Supply($"S{i}", owner: $"p{i % 3}@buyer.example");
        var open = new Dictionary<string, Alert>();
        var due = new List<(string Person, string Episode, DateTimeOffset At)>();
        var made = new List<Delivery>();
        DateTimeOffset at = Start;
        for (int step = 0; step < 400; step++, at = at.AddMinutes(10))
        {
            for (int i = random.Next(3); i > 0; i--)
            {
                string supplier = $"S{random.Next(12)}", rule = $"R{random.Next(1, 4)}";
                if (open.Remove(supplier + rule, out Alert? alert)) await Change(AlertTransitionKind.Resolved, alert = alert with { ResolvedAt = at, Resolution = "cleared" }, at);
                else await Change(AlertTransitionKind.Opened, open[supplier + rule] = alert = Make($"{supplier}{rule}-{step}-{i}", supplier, rule, (Severity)random.Next(4), at), at);
                due.Add((rule == "R2" ? "boss@buyer.example" : $"p{int.Parse(supplier[1..], System.Globalization.CultureInfo.InvariantCulture) % 3}@buyer.example", alert.EpisodeId, at));
            }

            foreach (string id in await Flush(at))
            {
                made.Add(store.Stored[id]);
                await End(store.Stored[id], random.Next(10) == 0 && store.Stored[id].GroupKey == "digest" ? DeliveryState.Dead : DeliveryState.Delivered);
            }
        }

        // Two more days without news: everything that waits is told.
        foreach (Delivery delivery in await FlushAll(at, at.AddDays(2)))
        {
            made.Add(delivery);
            await End(delivery, DeliveryState.Delivered);
        }

        // What opened and ended between two looks is told nobody, as in Alertmanager.
        HashSet<string> brief = [.. due.GroupBy(d => d.Episode).Where(g => g.Count() == 2 && g.Max(d => d.At) - g.Min(d => d.At) < TimeSpan.FromMinutes(10)).Select(g => g.Key)];
        Assert.All(due.Where(d => !brief.Contains(d.Episode)), d =>
            Assert.Contains(made, m => store.Stored[m.Id].State == DeliveryState.Delivered && m.Recipient == d.Person && m.CreatedAt >= d.At && m.Episodes.Contains(d.Episode)));
        Assert.All(made.Where(m => m.GroupKey != "digest").GroupBy(m => m.Recipient), person => Assert.All(person, m =>
            Assert.True(person.Count(o => o.CreatedAt <= m.CreatedAt && o.CreatedAt > m.CreatedAt.AddHours(-1) && !o.Subject.Contains("CRITICAL", StringComparison.Ordinal) && !o.Subject.Contains("critical", StringComparison.Ordinal)) <= 1 + (seed * 2))));
    }

    private void Use(string yaml, params Silence[] silences) => dispatcher = new AlertDispatcher(RoutingSample.Good(Globals + yaml) with { Silences = new Silences([.. silences]) }, ReceiverChannels.Discover());

    private void Supply(string id, string owner = "m.keller@buyer.example", string backup = "p.osei@buyer.example", params (string Name, string Value)[] attributes) => store.Portfolio.Add(
        NotificationSample.Brightwater with { Id = new SupplierId(id), Name = "Company " + id, Owner = owner, BackupOwner = backup, Contract = null, Attributes = RoutingSample.Labels(attributes) });

    private static Alert Make(string episode, string supplier, string rule, Severity severity, DateTimeOffset at, int flapping = 0) =>
        NotificationSample.Alert(episode, rule, supplier, severity) with { StartsAt = at, Flapping = flapping };

    private Task Open(
        string episode, string supplier, AlertTransitionKind kind = AlertTransitionKind.Opened, DateTimeOffset? at = null, Severity severity = Severity.High, string rule = "R1", int flapping = 0, DateTimeOffset? startsAt = null)
    {
        DateTimeOffset when = at ?? Start;
        Alert alert = Make(episode, supplier, rule, severity, startsAt ?? (kind == AlertTransitionKind.Opened ? when : Start), flapping);
        return Change(kind, kind == AlertTransitionKind.Resolved ? alert with { ResolvedAt = when, Resolution = "cleared" } : alert, when);
    }

    private async Task Change(AlertTransitionKind kind, Alert alert, DateTimeOffset at)
    {
        AlertTransition[] transitions = [new(kind, alert)];
        await store.SaveAsync(transitions, at, CancellationToken.None);
        await dispatcher.OnTransitionsAsync(store, transitions, at, CancellationToken.None);
    }

    private Task<IReadOnlyList<string>> Flush(DateTimeOffset at) => dispatcher.FlushDueAsync(store, at, everythingNow: false, CancellationToken.None);

    /// <summary>Every five minutes; the deliveries of all looks, in order.</summary>
    private async Task<Delivery[]> FlushAll(DateTimeOffset from, DateTimeOffset until)
    {
        var made = new List<Delivery>();
        for (DateTimeOffset at = from; at <= until; at = at.AddMinutes(5)) made.AddRange((await Flush(at)).Select(id => store.Stored[id]));
        return [.. made];
    }

    private Delivery Only(IReadOnlyList<string> ids) => store.Stored[Assert.Single(ids)];

    private Task End(Delivery delivery, DeliveryState state) => store.UpdateAsync(delivery with { State = state }, CancellationToken.None);

    private string Mail(string recipient) => Text(store.Stored.Values.Single(d => d.Recipient == recipient));

    private static string Text(Delivery mail) => Risk.Worker.Alerting.Receivers.Email.StoredMail.TryRead(mail.Body)!.Text;
}
