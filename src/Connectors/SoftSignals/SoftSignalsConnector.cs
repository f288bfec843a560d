using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.SoftSignals;

/// <summary>Observations come by command, into the store at once; a run only confirms that they are all there are.</summary>
internal sealed class SoftSignalsConnector : IConnector
{
    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        yield return new ListUpdate([]) { Signals = [] };
        await Task.CompletedTask.ConfigureAwait(false);
    }
}
