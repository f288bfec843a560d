using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk;

/// <summary>What every source that calls upstream must stand: nothing of a broken answer is used, and the reason is named.</summary>
internal static class FetchFaults
{
    public static readonly (string Name, Fault Fault)[] All =
    [
        ("html", Faults.Garbage), ("empty", Faults.Empty), ("corrupt", Faults.Corrupt()), ("cut short", Faults.Truncate(100)), ("bomb", Faults.Bomb(300)), ("503", Faults.Status(503)), ("429", Faults.Status(429)),
        ("403", Faults.Status(403)), ("reset", Faults.Reset), ("sign in", Faults.Instead("<html><body>Please sign in</body></html>"u8.ToArray(), "text/html")),
    ];

    /// <summary>Fails at the address in every way, and asks after each run what the test wants to see.</summary>
    public static async Task EachAsync(UpstreamStub stub, string address, Func<string, Task> check)
    {
        foreach ((string name, Fault fault) in All)
        {
            stub.Fail(address, fault);
            await check(name);
        }

        stub.Mend(address);
    }
}
