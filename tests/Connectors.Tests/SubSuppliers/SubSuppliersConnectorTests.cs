using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Connectors.SubSuppliers;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.SubSuppliers;

public sealed class SubSuppliersConnectorTests : IDisposable
{
    private const string Header = "supplier_id,name,id,lei,domain,country,delivers,tier,share\n";

    private readonly ConnectorKit kit = new(new SubSuppliersModule());

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Rows_GiveDependenciesAndWhoIsShared()
    {
        ConnectorRun run = await RunAsync("S1,Wafer AG,,,,DE,wafers,2,0.4\nS2,WAFER A.G.,,,,DE,,,\nS1,Glue Ltd,,,,,glue,,\n");
        Assert.Equal(
            ["S1 1 Sub-supplier Glue Ltd (delivers glue)", "S1 2 Sub-supplier Wafer AG (delivers wafers, tier 2, 40 % of it); 2 of our suppliers depend on it", "S2 2 Sub-supplier WAFER A.G.; 2 of our suppliers depend on it"],
            run.Events.Where(e => e.Name == "sub_supplier").Select(e => $"{e.Supplier} {e.Severity} {e.Title}").Order(StringComparer.Ordinal));
        string shared = run.Facts.First(f => f.Supplier.Value == "S1").Value.Text;
        Assert.Equal([("S1", shared), ("S2", shared), ("S3", ""), ("S9", "")], run.Facts.Select(f => (f.Supplier.Value, f.Value.Text)));
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Theory]
    [InlineData("S1,Anything,S9,,,,,,", false)]
    [InlineData("S1,Anything,,5493001KJTIIGC8Y1R12,,,,,", false)]
    [InlineData("S1,Anything,,,wafer.example,,,,", false)]
    [InlineData("S1,Wafer Systems,,,,DE,,,", true)]
    [InlineData("S1,WAFER SYSTEMS GmbH,,,,,,,", true)]
    public async Task Fetch_SubSupplierOfThePortfolio_PassesOnWhatBefallsIt(string row, bool byName)
    {
        kit.OthersKnow.Add(Risk("S9", "insolvency", 5, "filed"));
        kit.OthersKnow.Add(Risk("S9", "sanction", 3, "possible"));
        kit.OthersKnow.Add(Risk("S2", "insolvency", 5, "filed"));
        EventSignal risk = Assert.Single((await RunAsync(row)).Events, e => e.Name == "sub_supplier_risk");
        Assert.Equal(("S1", "insolvency", "filed", byName ? 4 : 5), (risk.Supplier.Value, risk.Type, risk.Stage, risk.Severity));
        Assert.Equal($"Sub-supplier Wafer Systems GmbH (our supplier S9{(byName ? ", by its name" : "")}): Bankruptcy", risk.Title);
        Assert.Contains("subsuppliers.csv:2; register: the filing", risk.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("S1,Wafer Systems,,,,FR,,,")]
    [InlineData("S1,Delta,,,,,,,")]
    [InlineData("S1,Wafer,,,,DE,,,")]
    public async Task Fetch_NameThatIsNotEnough_IsNoSupplierOfOurs(string row)
    {
        kit.OthersKnow.Add(Risk("S9", "insolvency", 5, "filed"));
        kit.OthersKnow.Add(Risk("S3", "insolvency", 5, "filed"));
        Assert.DoesNotContain((await RunAsync(row)).Events, e => e.Name == "sub_supplier_risk");
    }

    [Fact]
    public async Task Fetch_SmallShare_WeighsLess()
    {
        kit.OthersKnow.Add(Risk("S9", "insolvency", 5, "filed"));
        Assert.Equal(3, Assert.Single((await RunAsync("S1,x,S9,,,,,,0.05")).Events, e => e.Name == "sub_supplier_risk").Severity);
    }

    [Fact]
    public async Task Fetch_NextDay_SaysTheSame()
    {
        string text = "S1,Wafer AG,,,,DE,wafers,2,0.4\nS2,Wafer AG,,,,DE,,,\n";
        ConnectorRun first = await RunAsync(text);
        kit.Now = kit.Now.AddDays(30);
        ConnectorRun second = (await kit.RunAsync(Suppliers)).Ok();
        Assert.Equal(first.Signals.Select(s => (s.Supplier, s.Key, s.OccurredAt, s.Evidence.Excerpt)), second.Signals.Select(s => (s.Supplier, s.Key, s.OccurredAt, s.Evidence.Excerpt)));
    }

    [Theory]
    [InlineData("S7,Wafer AG,,,,,,,", "subsuppliers.csv:2:1", "supplier_id: no active supplier of the portfolio has this id")]
    [InlineData("S1,,,,,,,,", "subsuppliers.csv:2:4", "name: is empty")]
    [InlineData("S1,x,S7,,,,,,", "subsuppliers.csv:2:6", "id: no active supplier of the portfolio has this id; leave it empty for companies that we do not buy from")]
    [InlineData("S1,x,S1,,,,,,", "subsuppliers.csv:2:4", "name: the supplier cannot stand behind itself")]
    [InlineData("S1,x,,,,DEU,,,", "subsuppliers.csv:2:9", "country: is no code of two letters, as in DE")]
    [InlineData("S1,x,,,,,,1,", "subsuppliers.csv:2:11", "tier: is no whole number from 2 to 9: 2 delivers to our supplier")]
    [InlineData("S1,x,,,,,,,40", "subsuppliers.csv:2:12", "share: is no share; write 0.4 for 40 %")]
    public async Task Fetch_BadRow_IsSkippedWithPlaceAndReason(string row, string place, string reason)
    {
        ConnectorRun run = await RunAsync(row + "\nS2,Wafer AG,,,,DE,,,\n");
        Assert.Single(run.Events);
        Assert.Equal((reason, place), run.Audit.Reasons.Select(r => (r.Key, r.Value.Example)).Single());
    }

    [Fact]
    public async Task Fetch_SecondRowForACompany_IsCounted() =>
        Assert.Equal("name: the supplier has a row for this company already; sum them up in one", (await RunAsync("S1,Wafer AG,,,,DE,a,,\nS1,wafer ag,,,,DE,b,,\n")).Audit.Reasons.Keys.Single());

    /// <summary>A file that is damaged or cut off says nothing about the dependencies that are not in it.</summary>
    [Fact]
    public async Task Fetch_FileInDoubt_TakesNothingBack()
    {
        string[] rows = [.. Enumerable.Range(0, 30).Select(i => $"S1,Maker {i} AG,,,,DE,,,\n")];
        Assert.True(Assert.Single((await RunAsync(string.Concat(rows))).Updates).Complete);
        Assert.False(Assert.Single((await RunAsync(string.Concat(rows[..28]) + "S1,Maker 28 AG,,,,GERMANY,,,\n")).Updates).Complete);
        Assert.True(Assert.Single((await RunAsync(string.Concat(rows[..28]) + "S7,Maker 28 AG,,,,DE,,,\n")).Updates).Complete);
        Write(Header + string.Concat(rows[..15]));
        Assert.Equal(FailureKind.Shrunk, (await kit.RunAsync(Suppliers)).Failure?.Kind);
        Write(Header);
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync(Suppliers)).Failure?.Kind);
    }

    [Fact]
    public async Task Fetch_NoFileOrColumn_FailsAndTakesNothingBack()
    {
        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync(Suppliers)).Failure?.Kind);
        Write("supplier_id,delivers\nS1,x\n");
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.StartsWith("subsuppliers.csv:1:1: there is no column name; ", run.Failure?.Message, StringComparison.Ordinal);
        Assert.Empty(run.Updates);
    }

    private static Supplier[] Suppliers =>
    [
        Of("S1", "One AB", "SE"), Of("S2", "Two AB", "SE"), Of("S3", "Delta Inc.", "US"),
        Of("S9", "Wafer Systems GmbH", "DE") with { Identifiers = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("lei", "5493001KJTIIGC8Y1R12"), KeyValuePair.Create("domain", "wafer.example")]) },
    ];

    private static Supplier Of(string id, string name, string country) => new() { Id = new SupplierId(id), Name = name, Country = country };

    private EventSignal Risk(string supplier, string feed, int severity, string stage) => new()
    {
        Supplier = new SupplierId(supplier), Source = new SourceId("register"), Name = feed, Id = "I1", Type = "x", Title = "Bankruptcy", Severity = severity, Stage = stage, OccurredAt = kit.Now, ObservedAt = kit.Now,
        Evidence = new Evidence("https://register.example/1", "the filing", "", kit.Now),
    };

    private void Write(string text)
    {
        string path = Path.Combine(kit.Folder, "subsuppliers.csv");
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 7, 1, 12, 0, 0, DateTimeKind.Utc));
    }

    [Fact]
    public async Task Fetch_ColumnThatIsNone_IsToldAndTheRestIsRead()
    {
        Write("supplier_id,name,delivres\nS1,Wafer AG,wafers\nS2,Glue Ltd,glue\n");
        ConnectorRun run = (await kit.RunAsync(Suppliers)).Ok();
        Assert.Equal([(FieldDrift.Unknown, "delivres", 2)], run.Audit.Drifted.Select(d => (d.Key.Kind, d.Key.Field, d.Value)));
        Assert.Equal(2, run.Events.Count(e => e.Name == "sub_supplier"));
    }

    private async Task<ConnectorRun> RunAsync(string rows)
    {
        Write(Header + rows);
        return (await kit.RunAsync(Suppliers)).Ok();
    }
}
