using System.Collections.Immutable;
using Risk.Connectors.Ransomwatch;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Ransomwatch;

public sealed class RansomwatchConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "data.ransomware.live/posts.json";
    private const string Repository = "raw.githubusercontent.com/joshhighet/ransomwatch/main/posts.json";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new RansomwatchModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_Headings_AreJoinedOrCounted()
    {
        stub.Serve(Address, List(Post("Leaks from company Contoso Turbines GmbH"), Post("fabrikam.com"), Post("adventurewor..."), Post("N*** W***")));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso Turbines GmbH"), Supplier("S2", "Fabrikam", "fabrikam.com"), Supplier("S3", "Adventure Works")])).Ok();
        Assert.Equal(["S1 name ransomware:lockbit2:2026", "S2 domain ransomware:lockbit2:2026"], run.Events.Select(e => $"{e.Supplier} {e.Stage} {e.Story}"));
        Assert.Equal((1, "adventurewor..."), run.Audit.Reasons["the site cuts the name off"]);
        Assert.Equal((1, "N*** W***"), run.Audit.Reasons["the name is masked"]);
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Fact]
    public async Task FetchAsync_NotWhereItIsCarriedOn_IsTakenFromTheRepository()
    {
        stub.Serve(Repository, List(Post("fabrikam.com")));
        Assert.Single((await kit.RunAsync([Supplier("S2", "Fabrikam", "fabrikam.com")])).Ok().Events);
        stub.Fail(Repository, Faults.Status(404));
        Assert.Equal(FailureKind.NotFound, (await kit.RunAsync([])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_AnswersThatCannotBe_ChangeNothing()
    {
        stub.Serve(Address, List([.. Enumerable.Range(1, 40).Select(i => Post($"p{i}.com"))]));
        await kit.RunAsync([Supplier("S1", "P", "p1.com")]);
        Fault[] faults =
        [
            Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(50), Faults.Bomb(100), Faults.Status(500), Faults.Status(429), Faults.Reset, Faults.Instead("[]"u8.ToArray()), Faults.Instead("{}"u8.ToArray()),
            Faults.Instead("[{}]"u8.ToArray()), Faults.Instead(System.Text.Encoding.UTF8.GetBytes(List([.. Enumerable.Range(1, 30).Select(i => Post($"p{i}.com"))]))),
        ];
        foreach (Fault fault in faults)
        {
            stub.Fail(Address, fault);
            ConnectorRun run = await kit.RunAsync([Supplier("S1", "P", "p1.com")]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
        }
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        string[] changed = [.. Enumerable.Range(1, 2).Select(i => Post($"p{i}.com").Replace("\"group_name\":\"lockbit2\"", "\"group_name\":\"lockbit2\",\"colour\":1", StringComparison.Ordinal))];
        stub.Serve(Address, List([Post("fabrikam.com"), .. changed]));

        ConnectorRun run = (await kit.RunAsync([Supplier("S2", "Fabrikam", "fabrikam.com"), Supplier("S3", "P", "p1.com")])).Ok();

        Assert.Equal("Unknown colour 2", Told.Drift(run));
        Assert.Equal(2, run.Events.Count);
    }

    [Fact]
    public async Task FetchAsync_FieldRenamedThroughout_IsRefusedWithItsName()
    {
        stub.Serve(Address, List([.. Enumerable.Range(1, 40).Select(i => Post($"p{i}.com").Replace("post_title", "title", StringComparison.Ordinal))]));

        ConnectorRun run = await kit.RunAsync([]);

        Assert.Contains("is not in the documented format", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal((40, "post 1"), run.Audit.Reasons["no post_title"]);
        Assert.Equal("Unknown title 40, Missing post_title 40", Told.Drift(run));
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "ransomwatch", "posts.excerpt.json"));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Capcom Co., Ltd."), Supplier("S2", "East Coast Seafood Inc."), Supplier("S3", "Elite Mate", "elitemate.com")])).Ok();

        // Forty posts, four of them cut off.
        Assert.Equal((40, 4), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal([("S1", 2), ("S2", 1), ("S3", 1)], run.Events.CountBy(e => e.Supplier.Value).Select(c => (c.Key, c.Value)).Order());
    }

    private static Supplier Supplier(string id, string name, string domain = "") => new()
    {
        Id = new SupplierId(id), Name = name,
        Identifiers = domain.Length == 0 ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add(IdentifierScheme.Domain, domain),
    };

    private static string List(params string[] posts) => $"[{string.Join(',', posts)}]";

    private static string Post(string title) => $$"""{"post_title":"{{title}}","group_name":"lockbit2","discovered":"2026-07-28 08:00:00.000000"}""";
}
