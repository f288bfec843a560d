using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Rules.Suppliers;
using Risk.Worker.Portfolio;

namespace Risk.Worker.Tests.Portfolio;

public sealed class PortfolioFileTests
{
    private const string Header = "id,name,aliases,country,tier,criticality,category,owner,backup_owner,annual_spend,currency,single_source,lei,cik,ticker,duns,vat,companies_house,domain,"
        + "status_page,products,contract_id,contract_end,notice_days,auto_renew,renewal_decision,annual_value,liability_cap,sla_uptime,has_dpa,has_exit_plan,tags,Plant Code";

    [Fact]
    public void Read_EveryColumn_IsUnderstood()
    {
        const string Row = "A1, Acme GmbH ,Acme;Acme Ltd; ,de,1,Critical,routers,ann@example.org,bob@example.org,1250000.50,eur,yes,HWUPKR0MPOU8FGXBT394,320193,aapl,060704780,DE136695976,00445790,"
            + "Example.com,https://status.example.com,router;switch,C-7,2027-03-31,90,no,renew,500000,1000000,0.999,true,FALSE,core;emea,Ulm 2";

        Supplier s = Assert.Single(Valid(Header + "\n" + Row));

        Assert.Equal(("A1", "Acme GmbH", "DE", 1, "critical", "routers"), (s.Id.Value, s.Name, s.Country, s.Tier, s.Criticality, s.Category));
        Assert.Equal("Acme|Acme Ltd", string.Join("|", s.Aliases));
        Assert.Equal(("ann@example.org", "bob@example.org", 1250000.50m, "EUR", true), (s.Owner, s.BackupOwner, s.AnnualSpend, s.Currency, s.SingleSource));
        Assert.Equal(
            "cik=0000320193 companies_house=00445790 domain=example.com duns=060704780 lei=HWUPKR0MPOU8FGXBT394 ticker=AAPL vat=DE136695976", string.Join(" ", s.Identifiers.Select(i => i.Key + "=" + i.Value)));
        Assert.Equal(("https://status.example.com", "router,switch", "core,emea"), (s.StatusPage, string.Join(",", s.Products), string.Join(",", s.Tags)));
        Assert.Equal("Ulm 2", s.Attributes["plant_code"]);
        // The contract runs through its last day.
        Assert.Equal(
            new Contract
            {
                Id = "C-7", End = new DateTimeOffset(2027, 4, 1, 0, 0, 0, TimeSpan.Zero), NoticeDays = 90, AutoRenew = false, RenewalDecision = "renew", AnnualValue = 500000, LiabilityCap = 1000000,
                SlaUptime = 0.999, HasDpa = true, HasExitPlan = false,
            },
            s.Contract);
    }

    [Fact]
    public void Read_OnlyIdAndName_TakesDefaults()
    {
        Supplier s = Assert.Single(Valid("name;id\nAcme;A1\n"));

        Assert.Equal((3, "medium", null, null, ""), (s.Tier, s.Criticality, s.AnnualSpend, s.Contract, s.Country));
        Assert.Empty(s.Identifiers);
    }

    [Fact]
    public void Read_ManyMistakes_AreAllSaidAtOnceWithPlaces()
    {
        PortfolioReadResult result = Read(
            """
            id,name,country,tier,criticality,annual_spend,currency,single_source,lei,contract_end,contract_id,sla_uptime,status_page
            A1,Acme,UK,7,hihg,"1,000",EURO,maybe,HWUPKR0MPOU8FGXBT395,31.03.2027,C1,99.9%,example.com
            ,Nameless,,,,,,,,,,,
            A2,,,,,,,,,,,,
            A1,Acme again,,,,,,,,2027-01-01,,,
            """);

        Assert.Equal(
            """
            s.csv:2:9: error P017: country 'UK' is not an ISO 3166-1 code of two letters; did you mean 'GB'?
            s.csv:2:12: error P014: tier '7' is not a whole number from 1 to 4
            s.csv:2:14: error P013: criticality 'hihg' is none of low, medium, high, critical; did you mean 'high'?
            s.csv:2:19: error P014: annual_spend '1,000' is not an amount; write digits, with a point before decimals and no thousands separators or currency signs, as in 1250000.50
            s.csv:2:27: error P018: currency 'EURO' is not an active ISO 4217 code of three letters; did you mean 'EUR'?
            s.csv:2:32: error P015: single_source 'maybe' is neither yes nor no; write true or false
            s.csv:2:38: error P019: LEI 'HWUPKR0MPOU8FGXBT395' does not fit its two check digits, so a character is wrong or two are swapped; copy it from search.gleif.org
            s.csv:2:59: error P016: contract_end '31.03.2027' is not a date; write year-month-day, as in 2027-03-31
            s.csv:2:73: error P014: sla_uptime '99.9%' is not a share from 0 to 1; write it as in 0.999
            s.csv:2:79: error P020: status_page 'example.com' is not a web address; write it whole, as in https://status.example.com
            s.csv:3:1: error P010: the row has no id; give every supplier your own key, and never give it to another
            s.csv:4:4: error P012: the supplier 'A2' has no name; put in its registered name
            s.csv:5:1: error P011: the id 'A1' is on line 2 and again on line 5; ids are unique: remove one row or change its id
            s.csv:5:22: error P021: contract_end is set but contract_id is empty; give the contract an id, or empty its columns
            """,
            string.Join("\n", result.Diagnostics), ignoreLineEndingDifferences: true);
        Assert.Empty(result.Suppliers);
    }

    [Theory]
    [InlineData("", "P002")]
    [InlineData("\n\n", "P002")]
    [InlineData("id,name", "P002")]
    [InlineData("id,name\n,\n , \n", "P002")]
    [InlineData("name,country\nAcme,DE", "P004")]
    [InlineData("id,name,ID\nA,b,c", "P005")]
    [InlineData("id,name,\nA,b,c", "P005")]
    [InlineData("id,name\nA,b,c", "P007")]
    [InlineData("id,name\nA,\"never closed", "P003")]
    public void Read_UnusableFile_IsAnError(string text, string code) => Assert.Equal([code], Read(text).Diagnostics.Select(d => d.Code));

    [Fact]
    public void Read_BrokenQuote_NamesThePlace()
    {
        Diagnostic problem = Assert.Single(Read("id,name\nA,fine\nB,\"x\"y\n").Diagnostics);

        Assert.Equal(new SourcePosition("s.csv", 3, 6), problem.Position);
        Assert.StartsWith("text after a closing quote", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ColumnsLikeKnownOnes_AreWarnedOfAndKept()
    {
        PortfolioReadResult result = Read("id,name,contry,status,plant\nA,Acme,DE,active,EMEA\n");

        Assert.Equal(
            ["the column 'contry' is taken as one of your own (supplier.contry); did you mean 'country'?"], result.Diagnostics.Where(d => d.Code == "P006").Select(d => d.Message));
        Assert.Equal(["P006", "P008"], result.Diagnostics.Select(d => d.Code));
        Assert.Equal(["contry", "plant"], Assert.Single(result.Suppliers).Attributes.Keys);
    }

    [Fact]
    public void Read_SharedIdentifier_IsAWarningThatNamesBoth()
    {
        PortfolioReadResult result = Read("id,name,cik\nA,Acme,320193\nB,Apple,0000320193\n");

        Assert.Equal(["the suppliers 'A' and 'B' have the same cik '0000320193'; if they are one company, keep one row"], result.Diagnostics.Select(d => d.Message));
        Assert.Equal(2, result.Suppliers.Length);
    }

    [Theory]
    [InlineData("utf-8", false, "")]
    [InlineData("utf-8", true, "")]
    [InlineData("utf-16", true, "s.csv: was read as utf-16")]
    [InlineData("utf-16BE", true, "s.csv: was read as utf-16BE")]
    [InlineData("windows-1252", false, "s.csv: is not UTF-8 and was read as Windows-1252; check names with accents, or save it as UTF-8")]
    public void Read_Encodings_AreFound(string name, bool mark, string note)
    {
        Encoding encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        byte[] bytes = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes("id,name\r\nA,Müller & Söhne\r\n")];

        PortfolioReadResult result = PortfolioFile.Read(new MemoryStream(bytes), "s.csv");

        Assert.Equal("Müller & Söhne", Assert.Single(result.Suppliers).Name);
        Assert.Equal(note, string.Join("|", result.Notes));
    }

    [Theory]
    [InlineData("id;name;tags\nA;Acme, Inc.;\"x;y\"\n")]
    [InlineData("id\tname\ttags\nA\tAcme, Inc.\tx;y\n")]
    [InlineData("id,name,tags\r\nA,\"Acme, Inc.\",x;y\r\n\r\n\r\n")]
    [InlineData("\"id\",\"name\",\"tags\"\nA,\"Acme, Inc.\",\" x ;; y \"\n,,\n")]
    public void Read_Separators_AreFound(string text)
    {
        Supplier s = Assert.Single(Valid(text));
        Assert.Equal(("Acme, Inc.", "x|y"), (s.Name, string.Join("|", s.Tags)));
    }

    [Fact]
    public void Read_QuotedLineBreakAndFormula_AreText()
    {
        Supplier[] suppliers = Valid("id,name,note\nA,\"Acme\nGmbH\",=1+1\nB,Beta,@SUM(A1)\n");

        Assert.Equal(["Acme\nGmbH", "Beta"], suppliers.Select(s => s.Name));
        Assert.Equal(["=1+1", "@SUM(A1)"], suppliers.Select(s => s.Attributes["note"]));
    }

    [Fact]
    public void Read_Yaml_SaysTheSameAsCsv()
    {
        PortfolioReadResult yaml = Read(
            """
            suppliers:
              - id: A1
                name: Acme GmbH
                aliases: [Acme, "Acme; Ltd"]
                country: DE
                cik: 320193
                tags: core;emea
                Plant Code: Ulm
              - {id: B1, name: Beta, single_source: true, contract_id: C1, contract_end: 2027-03-31}
            """, "s.yaml");

        Assert.Empty(yaml.Diagnostics);
        Supplier s = yaml.Suppliers[0];
        Assert.Equal(("Acme GmbH", "DE", "0000320193", "Ulm"), (s.Name, s.Country, s.Identifier("cik"), s.Attributes["plant_code"]));
        Assert.Equal("Acme|Acme; Ltd", string.Join("|", s.Aliases));
        Assert.Equal("core|emea", string.Join("|", s.Tags));
        Assert.Equal((true, new DateTimeOffset(2027, 4, 1, 0, 0, 0, TimeSpan.Zero)), (yaml.Suppliers[1].SingleSource, yaml.Suppliers[1].Contract?.End));
    }

    [Fact]
    public void Read_YamlMistakes_HavePlaces()
    {
        PortfolioReadResult result = Read("suppliers:\n  - id: A1\n    name: Acme\n    country: UK\n  - id: A1\n    name: {first: x}\n  - text\n", "s.yaml");

        Assert.Equal(["4:14 P017", "5:9 P011", "6:11 P003", "6:11 P012", "7:5 P003"], result.Diagnostics.Select(d => $"{d.Position.Line}:{d.Position.Column} {d.Code}"));
        Assert.Equal("    country: UK", result.Diagnostics[0].SourceLine);
        Assert.Equal(["P002"], Read("suppliers: []\n", "s.yaml").Diagnostics.Select(d => d.Code));
    }

    [Fact]
    public void ReadWorkspace_NoFile_SaysWhatToMake()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-portfolio-");
        Diagnostic problem = Assert.Single(PortfolioFile.ReadWorkspace(folder.FullName).Diagnostics);
        Assert.Equal("P001", problem.Code);
        Assert.Contains("make one", problem.Message, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(folder.FullName, "suppliers.yaml"), "suppliers: [{id: A, name: Acme}]");
        Assert.Single(PortfolioFile.ReadWorkspace(folder.FullName).Suppliers);

        File.WriteAllText(Path.Combine(folder.FullName, "suppliers.csv"), "id,name\nA,Acme\n");
        Assert.Contains("keep one", Assert.Single(PortfolioFile.ReadWorkspace(folder.FullName).Diagnostics).Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("Backup Owner", "backup_owner")]
    [InlineData("BackupOwner", "backup_owner")]
    [InlineData(" LEI ", "lei")]
    [InlineData("Größe (m²)", "gro_e_m")]
    [InlineData("Qualité", "qualite")]
    [InlineData("2nd plant", "_2nd_plant")]
    [InlineData("--", "")]
    public void Normalise_Title_IsSnakeCase(string title, string expected) => Assert.Equal(expected, PortfolioColumn.Normalise(title));

    private static PortfolioReadResult Read(string text, string name = "s.csv") => PortfolioFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), name);

    private static Supplier[] Valid(string text)
    {
        PortfolioReadResult result = Read(text);
        Assert.DoesNotContain(result.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        return [.. result.Suppliers];
    }
}
