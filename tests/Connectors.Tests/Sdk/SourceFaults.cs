using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk;

/// <summary>What every source that is read whole must stand without losing what it knows.</summary>
internal static class SourceFaults
{
    /// <summary>Fails at each address in every way, and expects a failure with a reason and no update; then everything mended, the same signals as before.</summary>
    public static async Task KeepWhatIsKnownAsync(ConnectorKit kit, UpstreamStub stub, IReadOnlyList<Supplier> suppliers, params string[] addresses)
    {
        string[] before = Said(await kit.RunAsync(suppliers));
        Assert.NotEmpty(before);
        foreach (string address in addresses)
        {
            foreach ((Fault fault, int i) in ListFaults.All.Select((f, i) => (f, i)))
            {
                stub.Fail(address, fault);
                ConnectorRun run = await kit.RunAsync(suppliers);
                Assert.True(run.Failure is { Message.Length: > 20 }, $"fault {i} at {address} passed for an answer");
                Assert.Empty(run.Updates);
            }

            stub.Mend(address);
        }

        Assert.Equal(before, Said(await kit.RunAsync(suppliers)));
    }

    private static string[] Said(ConnectorRun run) => [.. run.Ok().Signals.Select(s => $"{s.Supplier} {s.Name} {s.Key}")];
}
