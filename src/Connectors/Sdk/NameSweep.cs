using System.Runtime.CompilerServices;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk;

/// <summary>What a failure at one name says about the others, and how many names are asked side by side.</summary>
/// <param name="EndsTheRun">Failures after which every further name would fail the same way.</param>
/// <param name="FailuresInARow">So many names in a row that time out or meet a server error end the run.</param>
internal sealed record SweepPatience(Func<FailureKind, bool> EndsTheRun, int FailuresInARow, int SideBySide)
{
    /// <summary>All names are asked of one upstream.</summary>
    public static SweepPatience OneUpstream { get; } = new(SupplierSweep.IsAboutTheSource, SupplierSweep.FailuresInARow, 1);

    /// <summary>Every name is a host of its own: one that is down says nothing about the next.</summary>
    public static SweepPatience HostEach { get; } = new(static kind => kind == FailureKind.Misconfigured, int.MaxValue, 16);
}

/// <summary>Checks suppliers by a name that several may share, a domain or a status page: each name is asked for once in a run.</summary>
/// <remarks>The checkpoint is the name that was committed last. A run begins after it and goes round, so that a run which is cut short does not always leave out the same suppliers.</remarks>
internal static class NameSweep
{
    /// <summary>By the identifier <c>domain</c>.</summary>
    public static IAsyncEnumerable<SourceUpdate> OfDomainsAsync<T>(
        FetchContext context, SweepPatience patience, Func<string, CancellationToken, Task<T>> read, Func<Supplier, string, T, SourceUpdate> map, CancellationToken cancellationToken) =>
        RunAsync(context, patience, static supplier => supplier.Identifier(IdentifierScheme.Domain), (domain, token) => read(Checked(domain), token), map, cancellationToken);

    /// <param name="nameOf">"" for suppliers that have none: they are left out.</param>
    /// <param name="read">Asks for one name; throws <see cref="SourceFailureException"/>.</param>
    public static async IAsyncEnumerable<SourceUpdate> RunAsync<T>(
        FetchContext context, SweepPatience patience, Func<Supplier, string> nameOf, Func<string, CancellationToken, Task<T>> read, Func<Supplier, string, T, SourceUpdate> map,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IGrouping<string, Supplier>[] sorted = [.. context.Suppliers.OrderBy(s => s.Id).GroupBy(nameOf).Where(g => g.Key.Length > 0).OrderBy(g => g.Key, StringComparer.Ordinal)];
        int first = context.Checkpoint is { } last ? sorted.Count(g => string.CompareOrdinal(g.Key, last) <= 0) : 0;
        int done = 0, failedInARow = 0;
        foreach (IGrouping<string, Supplier>[] next in sorted.Skip(first).Concat(sorted.Take(first)).Chunk(patience.SideBySide))
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Progress(done, sorted.Length, next[0].Key);
            done += next.Length;
            foreach ((IGrouping<string, Supplier> suppliers, T? found, SourceFailureException? failure) in await Task.WhenAll(next.Select(ReadAsync)).ConfigureAwait(false))
            {
                failedInARow = failure?.Kind is FailureKind.Timeout or FailureKind.ServerError ? failedInARow + 1 : 0;
                if (failure is not null && (patience.EndsTheRun(failure.Kind) || failedInARow >= patience.FailuresInARow)) throw failure;
                foreach (Supplier supplier in suppliers)
                {
                    yield return failure is null
                        ? map(supplier, suppliers.Key, found!) with { Checkpoint = suppliers.Key }
                        : new SupplierFailure(supplier.Id, failure) { Signals = [] };
                }
            }
        }

        context.Progress(done, sorted.Length, "");

        async Task<(IGrouping<string, Supplier>, T?, SourceFailureException?)> ReadAsync(IGrouping<string, Supplier> suppliers)
        {
            try
            {
                return (suppliers, await read(suppliers.Key, cancellationToken).ConfigureAwait(false), null);
            }
            catch (SourceFailureException failure)
            {
                return (suppliers, default, failure);
            }
        }
    }

    /// <summary>Whether an answer that names this host is about the domain: its <c>www</c> is the same site, and hosts are written in any case, with a point at the end or a port.</summary>
    public static bool IsHostOf(string host, string domain)
    {
        string name = host.Trim().TrimEnd('.');
        int colon = name.LastIndexOf(':');
        return DomainName.Check(colon > 0 ? name[..colon] : name) is { IsValid: true, Value: var own } && own == DomainName.Check(domain).Value;
    }

    /// <summary>What goes into a URL is a domain and nothing else, whatever a portfolio or an older import says.</summary>
    private static string Checked(string domain) => DomainName.Check(domain) is { IsValid: true, Value: var name }
        ? name
        : throw new SourceFailureException(FailureKind.NotFound, "The domain in the portfolio is no domain name; write it as in example.com.");
}
