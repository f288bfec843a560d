using Risk.Rules.Diagnostics;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Risk.Worker.Identity;
using Risk.Worker.Portfolio;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Identity;

public sealed class ResolveTests
{
    private const string Portfolio = """
        id,name,country,lei,companies_house,cik,ticker
        A,Harbour Castings Ltd,GB,,,,
        B,Meridian Tools Inc,US,,,,
        C,"=HYPERLINK(""http://evil.example"") Ltd",GB,,,,
        """;

    [Fact]
    public async Task Resolve_ThreeRegisters_GiveTheReviewFileAnAnalystReads()
    {
        await using RegisterDesk desk = await RegisterDesk.StartAsync(Portfolio);
        string[] lines = (await desk.ReviewAsync()).Split('\n');
        Assert.Equal(
            """
            supplier,supplier_name,supplier_country,scheme,value,verdict,name,country,jurisdiction,city,state,score,margin,evidence,source,link,decision,by,note
            A,Harbour Castings Ltd,GB,companies_house,08957400,likely,HARBOUR CASTINGS LIMITED,GB,England and Wales,Hull,"active, incorporated 2014-03-24",S,M,"the full name is the same, legal form LIMITED too; it is also another name of =HYPERLINK(""http://evil.example"",""HARBOUR CASTINGS"") LIMITED (08957401); country agrees: GB; active, incorporated 2014-03-24",companies-house,https://find-and-update.company-information.service.gov.uk/company/08957400,,,
            A,Harbour Castings Ltd,GB,companies_house,08957401,ambiguous,"'=HYPERLINK(""http://evil.example"",""HARBOUR CASTINGS"") LIMITED",GB,England and Wales,"'=1+1",active,S,M,"the full name is the same, legal form LTD too; a namesake: HARBOUR CASTINGS LIMITED (08957400); by its former name HARBOUR CASTINGS LTD; country agrees: GB; active",companies-house,https://find-and-update.company-information.service.gov.uk/company/08957401,,,
            A,Harbour Castings Ltd,GB,lei,INR2EJN1ERAN0W5ZP974,confirmed,HARBOUR CASTINGS LIMITED,GB,GB,Hull,"entity active, LEI issued",S,M,"the full name is the same, legal form LIMITED too; country agrees: GB; entity active, LEI issued; reports a parent company; registered as 08957400",gleif,https://search.gleif.org/#/record/INR2EJN1ERAN0W5ZP974,,,
            B,Meridian Tools Inc,US,cik,0000789019,confirmed,MERIDIAN TOOLS INC,US,US-DE,TOLEDO,listed as MTL,S,M,"the full name is the same, legal form INC too; country agrees: US; listed as MTL",sec-edgar,https://www.sec.gov/edgar/browse/?CIK=0000789019,,,

            """.ReplaceLineEndings("\n"),
            System.Text.RegularExpressions.Regex.Replace(string.Join('\n', lines), @",[01]\.\d\d,[01]\.\d\d,", ",S,M,"));
        Assert.DoesNotContain(desk.Upstream.Requests, r => r.ToString().Contains("549300BACZP326UOBH06", StringComparison.Ordinal));
        Assert.Contains(desk.Upstream.Requests, r => r.Host == "api.company-information.service.gov.uk" && r.Headers["Authorization"] == "Basic " + Convert.ToBase64String("secret-key:"u8));
    }

    [Fact]
    public async Task Resolve_AskedAgain_AnswersFromMemoryUntilItIsOldOrTheNameChanges()
    {
        await using RegisterDesk desk = await RegisterDesk.StartAsync(Portfolio);
        Assert.Equal([2, 3, 3], (await desk.ResolveAsync()).Select(o => o.Asked));
        int requests = desk.Upstream.Requests.Count;
        Assert.Equal([2, 3, 3], (await desk.ResolveAsync()).Select(o => o.Remembered));
        Assert.Equal(requests, desk.Upstream.Requests.Count);
        await desk.ImportPortfolioAsync(Portfolio.Replace("Meridian Tools Inc", "Meridian Forge Inc", StringComparison.Ordinal));
        Assert.Equal([0, 1, 1], (await desk.ResolveAsync()).Select(o => o.Asked));
        desk.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal([2, 3, 3], (await desk.ResolveAsync()).Select(o => o.Asked));
    }

    [Fact]
    public async Task Resolve_OneRegisterFails_SaysWhyAndTheOthersGoOn()
    {
        await using RegisterDesk desk = await RegisterDesk.StartAsync(Portfolio);
        desk.Upstream.ServeStatus(RegisterDesk.Search, 401);
        desk.Upstream.ServeStatus(RegisterDesk.Search + "?q=Harbour%20Castings%20Ltd&items_per_page=20", 401);
        desk.Upstream.Serve(RegisterDesk.Tickers, """{"0":{"cik_str":1,"ticker":"A","title":"Alone Inc"}}""");
        desk.Upstream.Serve($"{RegisterDesk.Completions}?field=entity.legalName&q=Meridian%20Tools%20Inc", "<html>maintenance</html>", "text/html");
        RegisterOutcome[] outcomes = await desk.ResolveAsync();
        Assert.Contains("check the key in Risk:Sources:companies-house:ApiKey", outcomes[0].Problem, StringComparison.Ordinal);
        Assert.Equal((0, 2), (outcomes[0].Asked, outcomes[0].Unchecked));
        Assert.Equal((2, 1, ""), (outcomes[1].Asked, outcomes[1].Unchecked, outcomes[1].Problem));
        Assert.Equal("The GLEIF answer for Meridian Tools Inc is not the expected JSON.", outcomes[1].Findings.Single(f => !f.IsChecked).Problem);
        Assert.Equal("company_tickers.json has 1 usable rows, 5,000 and more are expected; nothing was looked up in it.", outcomes[2].Problem);
        Assert.Single(desk.Upstream.Requests, r => r.Path.EndsWith("company_tickers.json", StringComparison.Ordinal));

        // What failed is asked for at the next run, what was answered is not.
        desk.ServeAll();
        desk.ServeCompletions("Meridian Tools Inc");
        Assert.Equal([(2, 0), (1, 2), (3, 0)], (await desk.ResolveAsync()).Select(o => (o.Asked, o.Remembered)));
    }

    [Fact]
    public async Task Import_Decisions_ReachSupplierAndLedgerAndSurviveThePortfolio()
    {
        await using RegisterDesk desk = await RegisterDesk.StartAsync(Portfolio);
        string review = Decide(await desk.ReviewAsync(), ("08957400", "accept"), ("08957401", "reject"), ("INR2EJN1ERAN0W5ZP974", "Accept"));
        ReviewResult first = (await ImportAsync(desk, review))!;
        Assert.Equal((3, 1), (first.Decisions.Length, first.Open));
        Supplier harbour = (await desk.SuppliersAsync())[0];
        Assert.Equal(("08957400", "INR2EJN1ERAN0W5ZP974"), (harbour.Identifier(IdentifierScheme.CompaniesHouse), harbour.Identifier(IdentifierScheme.Lei)));
        Assert.Equal(["accept", "reject", "accept"], (await LedgerAsync(desk)).Select(c => c.Contains("\"accept\"", StringComparison.Ordinal) ? "accept" : "reject"));
        Assert.All(await LedgerAsync(desk), c => Assert.Contains("\"by\":\"anna\"", c, StringComparison.Ordinal));

        // Imported again, and the portfolio too: nothing changes.
        Assert.Equal((0, 0), ((await ImportAsync(desk, review))!.Decisions.Length, (await desk.ImportPortfolioAsync(Portfolio)).Changes.Changed.Length));

        // Rejected ones are not offered again; nobody is asked for what is there.
        Assert.Equal(["B"], (await desk.ReviewAsync()).Split('\n').Skip(1).Where(l => l.Length > 0).Select(l => l[..1]));

        // The file's own identifier counts, and the contradiction is told.
        PortfolioPlan plan = await desk.ImportPortfolioAsync(Portfolio.Replace("Harbour Castings Ltd,GB,,,,", "Harbour Castings Ltd,GB,,11111111,,", StringComparison.Ordinal));
        Assert.Equal("'A' has companies_house 11111111 in the file, which counts; 08957400 was accepted by anna on 2026-08-03", Assert.Single(plan.Contradictions));
        Assert.Equal("11111111", (await desk.SuppliersAsync())[0].Identifier(IdentifierScheme.CompaniesHouse));
        await desk.ImportPortfolioAsync(Portfolio);
        Assert.Equal("08957400", (await desk.SuppliersAsync())[0].Identifier(IdentifierScheme.CompaniesHouse));

        // Changing one's mind takes it back.
        await ImportAsync(desk, Decide(review, ("08957400", "reject"), ("08957401", "reject"), ("INR2EJN1ERAN0W5ZP974", "")));
        Assert.Equal("", (await desk.SuppliersAsync())[0].Identifier(IdentifierScheme.CompaniesHouse));
    }

    [Fact]
    public async Task Import_WrongRows_AreAllToldWithTheirPlaceAndNothingIsTakenOver()
    {
        await using RegisterDesk desk = await RegisterDesk.StartAsync(Portfolio);
        await desk.ResolveAsync();
        string file = """
            supplier;scheme;value;decision;by;note
            A;lei;INR2EJN1ERAN0W5ZP974;accept;anna;
            A;lei;254900LNRYNOQ9YPU758;accept;anna;
            A;lei;INR2EJN1ERAN0W5ZP974;reject;anna;
            A;lei;INR2EJN1ERAN0W5ZP947;accept;anna;
            A;lei;21380068P1DRHMJ8KU70;accept;anna;
            Z;lei;INR2EJN1ERAN0W5ZP974;accept;anna;
            A;lie;INR2EJN1ERAN0W5ZP974;accept;anna;
            A;companies_house;8957400;acept;anna;
            A;companies_house;8957400;accept;;
            A;companies_house;08957401;;;later
            """;
        DiagnosticBag problems = new();
        Assert.Null(await ImportAsync(desk, file, problems, by: ""));
        Assert.Equal(
            """
            review.csv:3:28: error I009: line 2 accepts another lei for 'A'; a company has one: reject the others
            review.csv:4:28: error I009: line 2 decides the same candidate the other way; keep one of the rows
            review.csv:5:7: error I007: LEI 'INR2EJN1ERAN0W5ZP947' does not fit its two check digits, so a character is wrong or two are swapped; copy it from search.gleif.org
            review.csv:6:7: error I008: lei 21380068P1DRHMJ8KU70 was never offered for 'A'; an identifier that you know yourself belongs in the portfolio file
            review.csv:7:1: error I005: there is no supplier 'Z' in force; import the portfolio, or remove the row
            review.csv:8:3: error I006: the scheme 'lie' is none that registers were asked for; did you mean 'lei'?
            review.csv:9:27: error I004: the decision 'acept' is neither accept nor reject; did you mean 'accept'?; leave it empty to decide later
            review.csv:10:34: error I010: who decided is missing; fill the column 'by', or call with --by NAME
            """.ReplaceLineEndings("\n"),
            string.Join('\n', problems.Sorted().Select(d => d.Format().Split('\n')[0].Replace(desk.Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))));
        Assert.Empty(await LedgerAsync(desk));
    }

    [Theory]
    [InlineData("")]
    [InlineData("supplier,scheme\nA,lei\n")]
    [InlineData("supplier,scheme,value,decision\n\"A,lei\n")]
    [InlineData("supplier,scheme,value,decision\nA,\0,x,accept\n")]
    [InlineData("supplier,supplier,value,decision\n")]
    public async Task Import_NoReviewFile_IsAProblemAndNoCrash(string text)
    {
        await using RegisterDesk desk = await RegisterDesk.StartAsync(Portfolio);
        DiagnosticBag problems = new();
        Assert.Null(await ImportAsync(desk, text, problems));
        Assert.True(problems.HasErrors);
    }

    [SharedFact]
    public void Bench_AuditedNames_KeepTheirPrecisionInBothHalves()
    {
        string[] files = Directory.GetFiles(SharedFactAttribute.Path("sources", "entity-matching-gold"), "*.csv");
        ResolveReport report = ResolveBench.Run(GoldFiles.Read(files, new DiagnosticBag()), TimeProvider.System, static (_, _) => { }, CancellationToken.None);
        Assert.All(report.Parts, part =>
        {
            Assert.InRange(part.Confirmed.Precision, 0.99, 1);
            Assert.InRange(part.Likely.Precision, 0.95, 1);
            Assert.InRange(part.LikelyRecall, 0.86, 1);
            Assert.InRange(part.Queries, 7_000, 8_000);
        });
    }

    private static async Task<string[]> LedgerAsync(RegisterDesk desk)
    {
        await using IStoreSession session = await desk.Application.Store.ReadAsync(CancellationToken.None);
        return [.. (await session.Ledger.ReadAsync(0, 1_000, CancellationToken.None)).Where(e => e.Kind == "identity").Select(e => e.Content)];
    }

    private static async Task<ReviewResult?> ImportAsync(RegisterDesk desk, string text, DiagnosticBag? problems = null, string by = "anna")
    {
        string path = Path.Combine(desk.Folder, "review.csv");
        await File.WriteAllTextAsync(path, text);
        return await ReviewImport.RunAsync(desk.Application.Store, [.. desk.Registers.Select(r => r.Manifest.Id)], path, by, desk.Clock.GetUtcNow(), problems ?? new DiagnosticBag(), CancellationToken.None);
    }

    /// <summary>Fills the decision column as a person would, whatever was there.</summary>
    private static string Decide(string review, params (string Value, string Decision)[] decisions)
    {
        string[] lines = review.Split('\n');
        foreach ((string value, string decision) in decisions)
        {
            int line = Array.FindIndex(lines, l => l.Contains($",{value},", StringComparison.Ordinal));
            lines[line] = string.Join(',', lines[line].Split(',')[..^3].Concat([decision, "", ""]));
        }

        return string.Join('\n', lines);
    }
}
