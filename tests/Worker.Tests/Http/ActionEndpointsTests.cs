using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Risk.Rules.Alerts;
using Risk.Rules.Signals;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Http;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Sqlite;
using Risk.Testing;
using Risk.Worker.Tests.Alerting;
using Risk.Worker.Tests.Storage;

namespace Risk.Worker.Tests.Http;

/// <summary>Action pages and API over a real listener and a real store.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "Disposed by the test framework's own interface.")]
public sealed class ActionEndpointsTests : IAsyncLifetime
{
    private const string Secret = "correct-horse-battery-staple";
    private static readonly DateTimeOffset At = NotificationSample.At;
    private static readonly Alert Alert = NotificationSample.Insolvency with { Message = "<script>alert(1)</script> insolvency" };

    private readonly string folder = Directory.CreateTempSubdirectory("risk-http").FullName;
    private readonly ManualTimeProvider clock = new(At);
    private readonly RequestBounds bounds = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private SqliteRiskStore store = null!;
    private WebApplication web = null!;
    private ActionLinks links = null!;

    public async Task InitializeAsync()
    {
        store = new SqliteRiskStore(Path.Combine(folder, "risk.db"));
        await store.InitializeAsync(default);
        await using (IStoreSession session = await store.WriteAsync(default))
        {
            await session.Alerts.SaveAsync([new AlertTransition(AlertTransitionKind.Opened, Alert)], At, default);
            await session.CommitAsync(default);
        }

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        web = builder.Build();
        new ActionPages(store, clock, () => links).Map(web, bounds);
        var tokens = ImmutableSortedDictionary<string, string>.Empty.Add("orders_bot", "env:BOT").Add("unset", "");
        new ActionApi(store, clock, tokens, new SecretReader(folder, name => name == "BOT" ? Secret : null)).Map(web, bounds);
        await web.StartAsync();
        http.BaseAddress = new Uri(web.Urls.First());
        links = new ActionLinks(http.BaseAddress, [new byte[32]]);
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await web.DisposeAsync();
        await store.DisposeAsync();
        bounds.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Link_Opened_AsksAndChangesNothing_WithoutScriptsOrReferrer()
    {
        HttpResponseMessage answer = await http.GetAsync(Url("ack"));
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("<form method=\"post\">", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)<script|src=|href=|http-equiv", page);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Url("ack")));
        Assert.Null(await WorkflowAsync());
    }

    [Fact]
    public async Task Link_Confirmed_DoesItOnce()
    {
        string url = Url("ack"), confirm = await ConfirmationAsync(url);
        Assert.Equal((HttpStatusCode.OK, "Acknowledged by m.keller@buyer.example."), await PostAsync(url, ("confirm", confirm), ("note", "on it")));
        Assert.Equal("on it", (await WorkflowAsync())!.Acknowledged!.Note);
        (HttpStatusCode status, string said) = await PostAsync(url, ("confirm", confirm), ("note", "again"));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.StartsWith("On 2026-03-02 06:15 UTC: Acknowledged by m.keller@buyer.example.", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await http.GetAsync(url)).StatusCode);
        Assert.Equal("link", Assert.Single(await ActsAsync()).Via);
    }

    [Fact]
    public async Task Link_PostedAtTheSameTime_IsUsedOnce()
    {
        string url = Url("assign"), confirm = await ConfirmationAsync(url);
        (HttpStatusCode Status, string)[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PostAsync(url, ("confirm", confirm), ("to", $"person{i}"))));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Single(await ActsAsync());
    }

    [Fact]
    public async Task Link_PostedWithoutItsPage_ForgedOrExpired_DoesNothing()
    {
        string url = Url("ack"), confirm = await ConfirmationAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(url, ("note", "scanner"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync(url, new StringContent("{}", Encoding.UTF8, "application/json"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Url("snooze"), ("confirm", confirm), ("until", "7d"), ("reason", "x"))).Status);
        Assert.Equal(HttpStatusCode.Gone, (await PostAsync(url[..^1] + (url[^1] == 'A' ? 'B' : 'A'), ("confirm", confirm))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(url, ("confirm", confirm), ("note", new string('x', 20_000)))).Status);
        clock.Advance(ActionLinks.ValidFor);
        Assert.Equal(HttpStatusCode.Gone, (await PostAsync(url, ("confirm", confirm))).Status);
        Assert.Empty(await ActsAsync());
    }

    [Fact]
    public async Task Link_WithWhatIsMissing_AsksAgainAndStaysGood()
    {
        string url = Url("snooze"), confirm = await ConfirmationAsync(url);
        HttpResponseMessage refused = await http.PostAsync(url, new FormUrlEncodedContent([new("confirm", confirm), new("until", "7d"), new("reason", " ")]));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Nothing was done: say why nobody needs to hear of it until then.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "Snoozed until 2026-03-09 06:15 UTC by m.keller@buyer.example."), await PostAsync(url, ("confirm", confirm), ("until", "7d"), ("reason", "plant closed")));
    }

    [Fact]
    public async Task Link_OfAnAlertThatIsOver_SaysSo()
    {
        string url = Url("ack"), confirm = await ConfirmationAsync(url);
        await using (IStoreSession session = await store.WriteAsync(default))
        {
            await session.Alerts.SaveAsync([new AlertTransition(AlertTransitionKind.Resolved, Alert with { ResolvedAt = At, Resolution = "cleared" })], At, default);
            await session.CommitAsync(default);
        }

        Assert.Equal((HttpStatusCode.Gone, "It ended at 2026-03-02 06:15 UTC: cleared. There is nothing left to do about it."), await PostAsync(url, ("confirm", confirm)));
        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync(url)).StatusCode);
    }

    [Theory]
    [InlineData("ack", """{"note": "taken"}""", "Acknowledged by orders_bot.")]
    [InlineData("ack", "", "Acknowledged by orders_bot.")]
    [InlineData("assign", """{"to": "j.novak"}""", "Assigned to j.novak by orders_bot.")]
    [InlineData("snooze", """{"until": "2026-03-05", "reason": "closed"}""", "Snoozed until 2026-03-06 00:00 UTC by orders_bot.")]
    public async Task Api_WithToken_DoesItInTheTokensName(string action, string body, string done)
    {
        (HttpStatusCode status, JsonElement answer) = await CallAsync(action, body);
        Assert.Equal((HttpStatusCode.OK, done, "orders_bot"), (status, answer.GetProperty("done").GetString(), answer.GetProperty("by").GetString()));
        AlertAct act = Assert.Single(await ActsAsync());
        Assert.Equal(("orders_bot", "api"), (act.By, act.Via));
    }

    [Theory]
    [InlineData("ack", "{}", "wrong", 401)]
    [InlineData("ack", "{}", "", 401)]
    [InlineData("explode", "{}", Secret, 422)]
    [InlineData("snooze", """{"until": "whenever", "reason": "x"}""", Secret, 422)]
    [InlineData("snooze", """{"until": "99999999d", "reason": "x"}""", Secret, 422)]
    [InlineData("ack", """{"nota": "x"}""", Secret, 400)]
    [InlineData("ack", """{"note": 1}""", Secret, 400)]
    [InlineData("ack", "[", Secret, 400)]
    [InlineData("ack", "[[[[[[[[]]]]]]]]", Secret, 400)]
    public async Task Api_WhatIsWrong_IsSaidAndChangesNothing(string action, string body, string token, int status)
    {
        (HttpStatusCode given, JsonElement answer) = await CallAsync(action, body, token);
        Assert.Equal(status, (int)given);
        Assert.DoesNotContain(Secret, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(await ActsAsync());
    }

    [Fact]
    public async Task Api_TooMuchAtOnce_IsRefused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await CallAsync("ack", $$"""{"note": "{{new string('x', 20_000)}}"}""")).Status);
        HttpStatusCode[] all = await Task.WhenAll(Enumerable.Range(0, 80).Select(async _ => (await http.GetAsync("/a/x")).StatusCode));
        Assert.Contains(HttpStatusCode.TooManyRequests, all);
    }

    [Theory]
    [InlineData("link", "m.keller@buyer.example")]
    [InlineData("api", "orders_bot")]
    public async Task FalsePositive_OfAMatchWithAList_DecidesTheMatch(string way, string by)
    {
        Alert listed = Alert with { EpisodeId = "01hx7listed000000000000001", Rule = "SR-SAN-001", Key = "sdn-1", Evidence = [Alert.Evidence[0] with { Label = "events.sanction sdn-1", Source = new SourceId("ofac-sdn") }] };
        await using (IStoreSession session = await store.WriteAsync(default))
        {
            SourceId list = new("ofac-sdn");
            EventSignal signal = StoreSamples.Event(listed.Supplier!.Value, "sdn-1", At) with { Source = list, Name = "sanction" };
            var compared = new ComparedFields(["Brightwater Castings GmbH"], "DE", [], ["BRIGHTWATER"], ["RU"], []);
            await session.Alerts.SaveAsync([new AlertTransition(AlertTransitionKind.Opened, listed)], At, default);
            await session.Screening.BeginAsync([new StoredMatch(0, listed.Supplier.Value, list, "sdn-1", At, null, "", StoredMatchResult.Possible, null, new MatchContent(signal, compared, "the list", "BRIGHTWATER", "Brightwater Castings GmbH", 0.75, 5, "fp", "1+aa", ""))], default);
            await session.CommitAsync(default);
        }

        if (way == "link")
        {
            string url = links.Url("false-positive", listed.EpisodeId, by, At + ActionLinks.ValidFor);
            (HttpStatusCode status, string said) = await PostAsync(url, ("confirm", await ConfirmationAsync(url)), ("reason", "another party"));
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.StartsWith($"Marked another party by {by}", said, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(HttpStatusCode.OK, (await CallAsync("false-positive", """{"reason": "another party"}""", episode: listed.EpisodeId)).Status);
        }

        await using IStoreSession after = await store.ReadAsync(default);
        MatchDecision decision = Assert.Single(await after.Screening.DecisionsAsync(ended: false, default));
        Assert.Equal((MatchVerdict.FalsePositive, by, "another party", "sdn-1"), (decision.Verdict, decision.By, decision.Reason, decision.Entry));
        Assert.Equal(StoredMatchResult.Cleared, (await after.Screening.FindStandingAsync(listed.Supplier!.Value, decision.Source, "sdn-1", default))!.Result);
        AlertAct act = Assert.Single(await after.Workflow.ActsAsync(listed.EpisodeId, default));
        Assert.Equal(("false positive", by, way), (act.Kind, act.By, act.Via));
    }

    private string Url(string action) => links.Url(action, Alert.EpisodeId, "m.keller@buyer.example", At + ActionLinks.ValidFor);

    private async Task<string> ConfirmationAsync(string url) => Regex.Match(await http.GetStringAsync(url), "name=\"confirm\" value=\"([^\"]+)\"").Groups[1].Value;

    private async Task<(HttpStatusCode Status, string Said)> PostAsync(string url, params (string Name, string Value)[] fields)
    {
        HttpResponseMessage answer = await http.PostAsync(url, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        return (answer.StatusCode, WebUtility.HtmlDecode(Regex.Match(await answer.Content.ReadAsStringAsync(), "</h1><p>(.*?)</p>").Groups[1].Value));
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> CallAsync(string action, string body, string token = Secret, string? episode = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/alerts/{episode ?? Alert.EpisodeId}/{action}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token.Length > 0) request.Headers.Add("Authorization", "Bearer " + token);
        HttpResponseMessage answer = await http.SendAsync(request);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    private async Task<AlertWorkflow?> WorkflowAsync()
    {
        await using IStoreSession session = await store.ReadAsync(default);
        return await session.Workflow.FindAsync(Alert.EpisodeId, default);
    }

    private async Task<IReadOnlyList<AlertAct>> ActsAsync()
    {
        await using IStoreSession session = await store.ReadAsync(default);
        return await session.Workflow.ActsAsync(Alert.EpisodeId, default);
    }
}
