using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.Contracts;

/// <summary>Maps every supplier's contract; no calls, no files.</summary>
internal sealed class ContractsConnector : IConnector
{
    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        context.Audit.CountRead(context.Suppliers.Count(s => s.Contract is not null));
        yield return new ListUpdate([]) { Signals = [.. context.Suppliers.SelectMany(s => ContractsMapper.Map(s, context.Manifest.Id, context.ObservedAt))], Complete = true };
        await Task.CompletedTask.ConfigureAwait(false);
    }
}
