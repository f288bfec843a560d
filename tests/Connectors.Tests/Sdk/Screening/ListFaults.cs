using Risk.Connectors.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk.Screening;

/// <summary>What every list source must stand without clearing a hit.</summary>
internal static class ListFaults
{
    public static readonly Fault[] All =
    [
        Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(100), Faults.Bomb(300), Faults.Status(503), Faults.Status(404), Faults.Reset,
        Cut(0.3), Cut(0.6), Cut(0.9), Faults.Instead("{}"u8.ToArray()), Faults.Instead("<html><body>Please sign in</body></html>"u8.ToArray(), "text/html"),
    ];

    /// <summary>Fails at each address in every way, and expects a failure and no update; then everything mended, the one hit again.</summary>
    public static async Task ClearNothingAsync(ConnectorKit kit, UpstreamStub stub, Supplier listed, params string[] addresses)
    {
        Assert.Single((await kit.RunAsync([listed])).Ok().Events);
        foreach (string address in addresses)
        {
            foreach ((Fault fault, int i) in All.Select((f, i) => (f, i)))
            {
                stub.Fail(address, fault);
                ConnectorRun run = await kit.RunAsync([listed]);
                Assert.True(run.Failure is not null, $"fault {i} at {address} passed for the list");
                Assert.Empty(run.Updates);
            }

            stub.Mend(address);
        }

        Assert.Single((await kit.RunAsync([listed])).Ok().Events);
    }

    /// <summary>The start of the body as if it were all of it, the length agreeing.</summary>
    private static Fault Cut(double share) => async (context, body) =>
    {
        ReadOnlyMemory<byte> start = body[..(int)(body.Length * share)];
        context.Response.ContentLength = start.Length;
        await context.Response.Body.WriteAsync(start);
    };

    public static Supplier Supplier(string id, string name, string country = "") => new() { Id = new SupplierId(id), Name = name, Country = country };
}
