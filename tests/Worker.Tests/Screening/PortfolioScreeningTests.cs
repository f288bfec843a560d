using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Screening;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Tests.Screening;

/// <summary>A portfolio and one list over days, in a real store.</summary>
public sealed class PortfolioScreeningTests : IAsyncLifetime
{
    private const string Clean = "a clean name stays clean";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SourceId Source = new("test-list");
    private static readonly DateTimeOffset T0 = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3652);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-screens-");
    private IRiskStore store = null!;
    private DateTimeOffset now = T0;

    public async Task InitializeAsync()
    {
        store = Open(Path.Combine(folder.FullName, "risk.db"));
        await store.InitializeAsync(None);
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Screen_HitAndPossibleAndClean_MakeTheirSignals()
    {
        await ImportAsync(Of("A", "Northwind Turbines AG"), Of("B", "Apex Ltd"), Of("C", Clean));
        await ScreenAsync(Entry("e1", "NORTHWIND TURBINES AG"), Entry("e2", "APEX"));

        Assert.Equal(["A e1 hit 5", "B e2 possible 3"], await SignalsAsync());
        Assert.Equal(["A e1 Hit", "B e2 Possible"], await StandingAsync());
        ScreeningPass pass = (await ReadAsync(s => s.Screening.LastPassAsync(Source, None)))!;
        Assert.Equal((3, 2, 1, 1, 0, ""), (pass.Suppliers, pass.Entries, pass.Hits, pass.Possible, pass.Cleared, pass.Failure));
        EventSignal possible = (await EventsAsync()).Single(e => e.Id == "e2");
        Assert.Contains("a person has to decide", possible.Title, StringComparison.Ordinal);
        Assert.Contains("OFAC's own search would show", possible.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Contains("list of 2026-03-01, list.csv sha256 cccccccccccc", possible.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screen_Again_ChangesNothingAndIsRecorded()
    {
        await ImportAsync(Of("A", "Northwind Turbines AG"));
        await ScreenAsync(Entry("e1", "NORTHWIND TURBINES AG"));
        now = now.AddHours(6);
        (SignalChanges changes, int? compared) = await ScreenAsync(Entry("e1", "NORTHWIND TURBINES AG"));

        Assert.Equal((0, 0, 0, 0), (changes.Added, changes.Revised, changes.Withdrawn, compared));
        Assert.Equal(now, (await ReadAsync(s => s.Screening.LastPassAsync(Source, None)))!.At);
        Assert.True((await ReadAsync(s => s.Ledger.VerifyAsync(None))).BrokenAt is null);
    }

    [Fact]
    public async Task Screen_ChangesOnEitherSide_AreFoundAndLost()
    {
        ListEntry[] crowd = Crowd(60);
        await ImportAsync(Of("A", "Northwind Turbines AG"), Of("B", "Contoso Aerospace"), Of("C", Clean));
        await ScreenAsync([.. crowd, Entry("e1", "NORTHWIND TURBINES AG")]);
        now = now.AddDays(1);
        await ScreenAsync([.. crowd, Entry("e1", "NORTHWIND TURBINES AG"), Entry("e2", "CONTOSO AEROSPACE")]);
        Assert.Equal(["A e1 hit 5", "B e2 hit 5"], await SignalsAsync());
        now = now.AddDays(1);
        await ScreenAsync([.. crowd, Entry("e2", "CONTOSO AEROSPACE")]);
        Assert.Equal(["B e2 hit 5"], await SignalsAsync());
        now = now.AddDays(1);
        await ChangeAsync(Of("C", "Contoso Aerospace"));
        (_, int? compared) = await ScreenAsync([.. crowd, Entry("e2", "CONTOSO AEROSPACE")]);
        Assert.Equal(1, compared);
        Assert.Equal(["B e2 hit 5", "C e2 hit 5"], await SignalsAsync());
        now = now.AddDays(1);
        await RetireAsync("B");
        await ScreenAsync([.. crowd, Entry("e2", "CONTOSO AEROSPACE")]);
        Assert.Equal(["C e2 hit 5"], await SignalsAsync());
    }

    [Fact]
    public void Screen_FewChanges_GiveWhatAWholeScreenGives()
    {
        // Pairs of entries that did not change keep what they were found with: in a list this small one entry weighs enough to move words, and so their scores, over a threshold now and then.
        string[] words = ["Northwind", "Turbines", "Contoso", "Aerospace", "Vagonka", "Shipping", "Lines", "Fabrikam", "Machinery", "Kama", "Delta", "Works", "Adatum", "Proseware"];
        var random = new Random(1);
        int narrow = 0;
        for (int world = 0; world < 100; world++)
        {
            (string[] listed, string[] own, string[] news, int gone) = (Names(60), Names(12), Names(2), random.Next(60));
            ImmutableArray<ListEntry> before = [.. listed.Select((n, i) => Entry($"l{i:00}", n))];
            ImmutableArray<ListEntry> after = [.. before.RemoveAt(gone), .. news.Select((n, i) => Entry($"n{i}", n))];
            Supplier[] portfolio = [.. own.Concat(news.Select(n => n + " Ltd")).Select((n, i) => Of($"S{i:00}", n))];
            ListMatch[] kept = [.. PortfolioScreening.Whole(before, portfolio, None).Matches];
            ListEntry[] moved = [.. ListChanges.Between(before, after)];
            HashSet<SupplierId> matched = [.. kept.Where(k => moved.Any(e => e.Id == k.Entry.Id)).Select(k => k.Supplier)];
            (ScreenScope scope, ImmutableArray<ListMatch> found) = PortfolioScreening.Change(after, new ScreenChanges(moved, [], matched), portfolio, new Lazy<PortfolioNames>(new PortfolioNames(portfolio)), None);
            if (scope.Whole is null) continue;
            narrow++;

            string[] incremental = Told(kept.Where(k => !scope.Covers(k.Supplier, k.Entry.Id)).Concat(found));

            ListMatch[] whole = [.. PortfolioScreening.Whole(after, portfolio, None).Matches.Where(m => scope.Covers(m.Supplier, m.Entry.Id))];
            Assert.Equal(Told(kept.Where(k => !scope.Covers(k.Supplier, k.Entry.Id)).Concat(whole)), incremental);
        }

        Assert.True(narrow > 20, $"of 100 changes only {narrow} were looked for in the portfolio");

        string[] Names(int count) => [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', random.GetItems(words, 3)))];

        static string[] Told(IEnumerable<ListMatch> matches) => [.. matches.Select(m => $"{m.Supplier} {m.Entry.Id} {m.Result} {m.Score:R}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Decision_FalsePositive_ClearsAtOnceAndStaysOverListReloads()
    {
        await PossibleAsync();
        MatchDecision decision = await DecideAsync(MatchVerdict.FalsePositive);
        Assert.Empty(await SignalsAsync());
        Assert.Equal(["A e1 Cleared"], await StandingAsync());
        now = now.AddDays(1);
        await ScreenAsync([.. Crowd(30), Entry("e1", "APEX")]);
        now = now.AddDays(1);
        await ScreenAsync(Crowd(31));
        Assert.Empty(await StandingAsync());
        now = now.AddDays(1);
        await ScreenAsync([.. Crowd(30), Entry("e1", "APEX") with { Remarks = "something that is not compared" }]);

        Assert.Empty(await SignalsAsync());
        Assert.Equal(["A e1 Cleared"], await StandingAsync());
        Assert.Null((await ReadAsync(s => s.Screening.FindDecisionAsync(decision.Id, None)))!.EndedAt);
        Assert.Equal(1, (await ReadAsync(s => s.Screening.LastPassAsync(Source, None)))!.Cleared);
    }

    [Theory]
    [InlineData("alias", "the list added the name \"APEX AVIATION\"")]
    [InlineData("country", "the supplier's country was changed from none to RU")]
    [InlineData("listed country", "the list added the country \"CY\"")]
    [InlineData("identifier", "the list added the identifier \"tax 7707083893 (RU)\"")]
    public async Task Decision_SomethingComparedChanges_OpensAgainAndSaysWhat(string what, string told)
    {
        await PossibleAsync();
        MatchDecision decision = await DecideAsync(MatchVerdict.FalsePositive);
        now = now.AddDays(1);
        ListEntry entry = Entry("e1", "APEX");
        if (what == "alias") entry = Entry("e1", "APEX", "APEX AVIATION");
        if (what == "listed country") entry = entry with { Countries = ImmutableSortedSet.Create("CY") };
        if (what == "identifier") entry = entry with { Identifiers = [new ListedIdentifier("tax", "7707083893", "RU")] };
        if (what == "country") await ChangeAsync(Of("A", "Apex Ltd") with { Country = "RU" });
        await ScreenAsync([.. Crowd(30), entry]);

        EventSignal open = Assert.Single(await EventsAsync());
        Assert.Equal(MatchStages.Possible, open.Stage);
        Assert.Contains("cleared as a false positive by Ada", open.Title, StringComparison.Ordinal);
        Assert.Contains(told, open.Title, StringComparison.Ordinal);
        MatchDecision ended = (await ReadAsync(s => s.Screening.FindDecisionAsync(decision.Id, None)))!;
        Assert.Equal(now, ended.EndedAt);
        Assert.Contains(told, ended.Ended, StringComparison.Ordinal);

        // It stays open, and a new decision stands on what is compared now.
        now = now.AddDays(1);
        await ScreenAsync([.. Crowd(30), entry]);
        Assert.Single(await EventsAsync());
        await DecideAsync(MatchVerdict.FalsePositive);
        now = now.AddDays(1);
        await ScreenAsync([.. Crowd(30), entry]);
        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task Decision_Confirmed_RaisesAPossibleMatchToAHit()
    {
        await PossibleAsync();
        await DecideAsync(MatchVerdict.Confirmed);

        Assert.Equal(["A e1 confirmed 5"], await SignalsAsync());
        Assert.Equal(["A e1 Hit"], await StandingAsync());
        now = now.AddDays(1);
        await ScreenAsync([.. Crowd(30), Entry("e1", "APEX")]);
        Assert.Equal(["A e1 confirmed 5"], await SignalsAsync());
    }

    [Fact]
    public async Task Decision_TimeIsOver_OpensAgainAndSaysSo()
    {
        await PossibleAsync();
        await DecideAsync(MatchVerdict.FalsePositive, until: now.AddDays(30));
        await WriteAsync(async s => Assert.Equal(0, await MatchDecisions.ExpireAsync(s, now.AddDays(29), None)));
        now = now.AddDays(30);
        await WriteAsync(async s => Assert.Equal(1, await MatchDecisions.ExpireAsync(s, now, None)));

        Assert.Contains("its time was over on 2026-04-01", Assert.Single(await EventsAsync()).Title, StringComparison.Ordinal);
        Assert.Equal(["A e1 Possible"], await StandingAsync());
        await ScreenAsync([.. Crowd(30), Entry("e1", "APEX")]);
        Assert.Contains("its time was over", Assert.Single(await EventsAsync()).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decision_TakenBackOrReplaced_LeavesOneThatStands()
    {
        await PossibleAsync();
        MatchDecision first = await DecideAsync(MatchVerdict.FalsePositive);
        now = now.AddHours(1);
        MatchDecision second = await DecideAsync(MatchVerdict.Confirmed);
        Assert.Equal("replaced by a decision of Ada", (await ReadAsync(s => s.Screening.FindDecisionAsync(first.Id, None)))!.Ended);
        now = now.AddHours(1);
        await WriteAsync(s => MatchDecisions.RemoveAsync(s, second.Id, "Bob", "wrong file", now, None));

        Assert.Empty(await ReadAsync(s => s.Screening.DecisionsAsync(false, None)));
        Assert.Contains("taken back by Bob: wrong file", Assert.Single(await EventsAsync()).Title, StringComparison.Ordinal);
        Assert.Contains("ended", (await Assert.ThrowsAsync<DecisionRefusedException>(() => WriteAsync(s => MatchDecisions.RemoveAsync(s, second.Id, "Bob", "again", now, None)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("e9", "Ada", "why", "it has: test-list e1")]
    [InlineData("e1", " ", "why", "who decides is missing")]
    [InlineData("e1", "Ada", "\n", "the reason is missing")]
    public async Task Decision_WithoutItsParts_IsRefused(string entry, string by, string reason, string told)
    {
        await PossibleAsync();
        DecisionRefusedException refusal = await Assert.ThrowsAsync<DecisionRefusedException>(
            () => WriteAsync(s => MatchDecisions.AddAsync(s, new DecisionRequest(new SupplierId("A"), Source, entry, MatchVerdict.FalsePositive, by, reason), now, None)));
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
        Assert.Single(await EventsAsync());
    }

    [Fact]
    public async Task Decision_NotCommitted_HasNoEffect()
    {
        await PossibleAsync();
        await using (IStoreSession session = await store.WriteAsync(None))
        {
            await MatchDecisions.AddAsync(session, new DecisionRequest(new SupplierId("A"), Source, "e1", MatchVerdict.FalsePositive, "Ada", "why"), now, None);
        }

        Assert.Equal(["A e1 possible 3"], await SignalsAsync());
        Assert.Equal(["A e1 Possible"], await StandingAsync());
        Assert.Empty(await ReadAsync(s => s.Screening.DecisionsAsync(true, None)));
    }

    [Fact]
    public async Task Past_BeforeADecision_IsAsItWasThen()
    {
        await PossibleAsync();
        DateTimeOffset before = now.AddMinutes(30);
        now = now.AddHours(1);
        await DecideAsync(MatchVerdict.FalsePositive);

        Assert.Equal(StoredMatchResult.Possible, Assert.Single(await ReadAsync(s => s.Screening.MatchesAsync(new SupplierId("A"), before, None))).Result);
        Assert.Single((await ReadAsync(s => s.Signals.LoadAsync([new SupplierId("A")], before, None)))[new SupplierId("A")]);
        Assert.Equal(StoredMatchResult.Cleared, Assert.Single(await ReadAsync(s => s.Screening.MatchesAsync(new SupplierId("A"), now, None))).Result);
    }

    [Fact]
    public async Task Failure_OfAList_ClearsNothingAndIsOnRecord()
    {
        await PossibleAsync();
        now = now.AddDays(1);
        await WriteAsync(s => PortfolioScreening.RecordFailureAsync(s, Source, "has no rows", now, None));

        Assert.Equal(["A e1 possible 3"], await SignalsAsync());
        Assert.Equal("has no rows", Assert.Single(await ReadAsync(s => s.Screening.OfSupplierAsync(new SupplierId("A"), null, None))).LastFailure?.Failure);
    }

    [Fact]
    public async Task Retention_AfterTenYears_ForgetsWithANoteInTheLedger()
    {
        await PossibleAsync();
        now = now.AddDays(1);
        await ScreenAsync(Crowd(30));
        now = now.AddYears(11);
        await ScreenAsync(Crowd(30));

        Assert.Empty(await ReadAsync(s => s.Screening.MatchesAsync(new SupplierId("A"), T0.AddHours(1), None)));
        LedgerEntry note = Assert.Single(await ReadAsync(async s => (await s.Ledger.ReadAsync(0, 1000, None)).Where(e => e.Kind == "retention").ToArray()));
        Assert.Contains("\"matches\":1", note.Content, StringComparison.Ordinal);
        Assert.Null((await ReadAsync(s => s.Ledger.VerifyAsync(None))).BrokenAt);
    }

    private static IRiskStore Open(string path) => new SqliteRiskStore(path);

    private async Task PossibleAsync()
    {
        await ImportAsync(Of("A", "Apex Ltd"), Of("B", Clean));
        await ScreenAsync([.. Crowd(30), Entry("e1", "APEX")]);
        Assert.Equal(["A e1 possible 3"], await SignalsAsync());
    }

    private async Task<MatchDecision> DecideAsync(MatchVerdict verdict, DateTimeOffset? until = null)
    {
        MatchDecision? decision = null;
        await WriteAsync(async s => decision = await MatchDecisions.AddAsync(s, new DecisionRequest(new SupplierId("A"), Source, "e1", verdict, "Ada", "looked at the register", until), now, None));
        return decision!;
    }

    private Task ImportAsync(params Supplier[] suppliers) => WriteAsync(s => s.Suppliers.ApplyAsync(new SupplierChanges([.. suppliers], [], []), now, None));

    private Task ChangeAsync(Supplier supplier) => WriteAsync(s => s.Suppliers.ApplyAsync(new SupplierChanges([], [supplier], []), now, None));

    private Task RetireAsync(string id) => WriteAsync(s => s.Suppliers.ApplyAsync(new SupplierChanges([], [], [new SupplierId(id)]), now, None));

    private async Task<(SignalChanges Changes, int? Compared)> ScreenAsync(params ListEntry[] entries)
    {
        Supplier[] portfolio;
        PortfolioStamp stamp;
        await using (IStoreSession session = await store.ReadAsync(None))
        {
            stamp = await session.Suppliers.StampAsync(None);
            portfolio = [.. (await session.Suppliers.ListAsync(null, None)).Select(s => s.Supplier)];
        }

        var snapshot = new Snapshot(Source, "list.csv", "https://list.example/", new string('c', 64), "/nowhere", 1, entries.Length, T0.AddDays(-1), now, "", "");
        PreparedScreen screen = await PortfolioScreening.PrepareAsync(
            store, Source, new PartyListUpdate([snapshot], entries), portfolio, new Lazy<PortfolioNames>(() => new PortfolioNames(portfolio)), stamp.Version, now, None);
        await using IStoreSession writing = await store.WriteAsync(None);
        SignalChanges changes = await PortfolioScreening.RecordAsync(writing, screen, now, TenYears, None);
        await writing.CommitAsync(None);
        return (changes, screen.Scope.Suppliers);
    }

    private async Task<EventSignal[]> EventsAsync()
    {
        SupplierId[] ids = [.. (await ReadAsync(s => s.Suppliers.ListAsync(null, None))).Select(s => s.Supplier.Id)];
        return [.. (await ReadAsync(s => s.Signals.LoadAsync(ids, null, None))).SelectMany(g => g).OfType<EventSignal>()];
    }

    private async Task<string[]> SignalsAsync() => [.. (await EventsAsync()).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Supplier} {e.Id} {e.Stage} {e.Severity}")).Order(StringComparer.Ordinal)];

    private async Task<string[]> StandingAsync() => [.. (await ReadAsync(s => s.Screening.StandingAsync(Source, None))).Select(m => $"{m.Supplier} {m.Entry} {m.Result}")];

    private async Task<T> ReadAsync<T>(Func<IStoreSession, Task<T>> read)
    {
        await using IStoreSession session = await store.ReadAsync(None);
        return await read(session);
    }

    private async Task WriteAsync(Func<IStoreSession, Task> write)
    {
        await using IStoreSession session = await store.WriteAsync(None);
        await write(session);
        await session.CommitAsync(None);
    }

    private static ListEntry[] Crowd(int count) => [.. Enumerable.Range(0, count).Select(i => Entry($"crowd{i}", $"Stranger Number {i} of Nowhere"))];

    private static Supplier Of(string id, string name) => new() { Id = new SupplierId(id), Name = name };

    private static ListEntry Entry(string id, params string[] names) => new()
    {
        Id = id, List = "the test list", Kind = ListKind.Blocking, Type = "test", Reference = id, Url = "https://list.example/", PartyType = "entity", IsPerson = false,
        Names = [.. names.Select((n, i) => new ListedName(n, i == 0 ? NameStrength.Primary : NameStrength.Alias))], Programme = "TEST", Countries = ImmutableSortedSet<string>.Empty,
    };
}
