using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Risk.Connectors.CourtListener;
using Risk.Connectors.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Xunit.Abstractions;

namespace Risk.Connectors.Tests.CourtListener;

/// <summary>
/// A round over a large portfolio, against an archive with a case of each supplier in two years. With 10,000 suppliers, 813 requests in 21 runs (a week) and from then on 123 in three (a day), as the README says;
/// here a fifth of them, for the sake of time.
/// </summary>
public sealed partial class CourtListenerRoundTests(ITestOutputHelper output)
{
    private const int Suppliers = 2_000, DaysBetweenCases = 730, CasesPerPage = 20, RunsADay = 3;

    private static readonly string[] Words = ["Allied", "Bolton", "Castings", "Dynamics", "Electronic", "Fasteners", "Global", "Hydraulic", "Industrial", "Junction", "Kinetic", "Logistics", "Manufacturing", "Northern", "Optical", "Precision"];
    private static readonly string[] Forms = ["Inc.", "LLC", "Corporation", "Company, Inc.", "L.P."];

    [Fact]
    public async Task Rounds_OverManySuppliers_AskLittleAndMissNoCase()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        using var kit = new ConnectorKit(new CourtListenerModule(), stub);
        string token = Path.Combine(kit.Folder, "token");
        await File.WriteAllTextAsync(token, "t\n");
        kit.Options["Token"] = "file:" + token;
        Supplier[] suppliers = [.. Enumerable.Range(0, Suppliers).Select(i => new Supplier { Id = new SupplierId($"S{i:00000}"), Name = NameOf(i), Country = "US" })];
        Dictionary<string, int> byCore = suppliers.Select((s, i) => (Key: CourtListenerQuestion.Names(s)[0], i)).ToDictionary(k => k.Key, k => k.i, StringComparer.Ordinal);
        stub.Fail("www.courtlistener.com/api/rest/v4/search/", (context, _) => AnswerAsync(context, byCore, suppliers, DateOnly.FromDateTime(kit.Now.UtcDateTime)));

        (int firstRequests, int firstRuns, HashSet<string> first) = await RoundAsync(kit, stub, suppliers);
        (int laterRequests, int laterRuns, HashSet<string> later) = await RoundAsync(kit, stub, suppliers);
        output.WriteLine($"first round: {firstRequests} requests, {firstRuns} runs, {first.Count} cases; next round: {laterRequests} requests, {laterRuns} runs, {later.Count} cases");

        // Three years hold a case or two of each.
        Assert.Equal(suppliers.Select(s => s.Id.Value), first.Select(c => c[..6]).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(first.Count, 2_900, 3_200);
        Assert.InRange(firstRequests, 140, 190);
        Assert.InRange(laterRequests, 16, 30);
        Assert.InRange(laterRuns, 1, 1);
        Assert.All(stub.Requests, r => Assert.InRange(r.Path.Length + r.Query.Length, 1, 4094));
    }

    /// <summary>Runs until everybody was asked for once.</summary>
    private static async Task<(int Requests, int Runs, HashSet<string> Cases)> RoundAsync(ConnectorKit kit, UpstreamStub stub, Supplier[] suppliers)
    {
        int before = stub.Requests.Count, runs = 0;
        var asked = new HashSet<SupplierId>();
        var cases = new HashSet<string>(StringComparer.Ordinal);
        while (asked.Count < suppliers.Length)
        {
            int requests = stub.Requests.Count;
            ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();
            Assert.InRange(stub.Requests.Count - requests, 1, CourtListenerConnector.MostRequests);
            asked.UnionWith(run.Updates.OfType<SupplierUpdate>().Select(u => u.Supplier));
            cases.UnionWith(run.Events.Where(e => e.Type == "civil-suit").Select(e => $"{e.Supplier} {e.Id}"));
            kit.Now = kit.Now.AddHours(24 / RunsADay);
            runs++;
        }

        return (stub.Requests.Count - before, runs, cases);
    }

    private static async Task AnswerAsync(HttpContext context, Dictionary<string, int> byCore, Supplier[] suppliers, DateOnly today)
    {
        string query = context.Request.QueryString.Value!;
        int from = int.TryParse(context.Request.Query["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out int cursor) ? cursor : 0;
        var since = DateOnly.ParseExact(Since().Match(query).Groups["day"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var found = Phrase().Matches(query).Select(m => byCore[m.Value]).SelectMany(i => Filed(i, since, today).Select(day => (i, day))).OrderByDescending(c => c.day).ToList();
        string again = Cursor().Replace(query, "");
        string? next = from + CasesPerPage < found.Count ? $"https://www.courtlistener.com/api/rest/v4/search/{again}&cursor={from + CasesPerPage}" : null;
        var results = found.Skip(from).Take(CasesPerPage).Select(c => new
        {
            caseName = $"Doe v. {suppliers[c.i].Name}", court = "A court", court_id = "nysd", docketNumber = $"1:{c.day:yy}-cv-{c.i:00000}", dateFiled = c.day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            docket_absolute_url = $"/docket/{c.i}/",
        });
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { count = found.Count, next, results }));
    }

    private static IEnumerable<DateOnly> Filed(int supplier, DateOnly since, DateOnly today)
    {
        DateOnly first = new DateOnly(2015, 1, 1).AddDays(supplier * 7 % DaysBetweenCases);
        for (DateOnly day = first.AddDays(Math.Max(0, (since.DayNumber - first.DayNumber + DaysBetweenCases - 1) / DaysBetweenCases) * DaysBetweenCases); day <= today; day = day.AddDays(DaysBetweenCases)) yield return day;
    }

    private static string NameOf(int i) => $"{Words[i % 16]}{i / 256} {Words[i / 16 % 16]} {Forms[i % 5]}";

    [GeneratedRegex("%22[^%]+%22")]
    private static partial Regex Phrase();

    [GeneratedRegex(@"dateFiled:(?:\[|%5B)(?<day>[0-9-]{10})")]
    private static partial Regex Since();

    [GeneratedRegex("&cursor=[0-9]+")]
    private static partial Regex Cursor();
}
