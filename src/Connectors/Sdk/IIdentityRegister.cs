using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk;

/// <summary>A source that can be asked which of its entries a company may be. Implemented by the source's module, so that a new register is that source's folder only.</summary>
public interface IIdentityRegister : IConnectorModule
{
    /// <summary>The identifier scheme it answers in.</summary>
    string Scheme { get; }

    /// <summary>Whether the register may hold the company at all; other suppliers are not asked for.</summary>
    bool MayHold(Supplier supplier);

    /// <summary>Opens it for one run. Wrong options throw <see cref="SourceFailureException"/> of kind <see cref="FailureKind.Misconfigured"/>.</summary>
    /// <param name="options">The section <c>Risk:Sources:ID</c>.</param>
    IRegisterSearch Search(IConfigurationSection options, SourceHttp http);
}

/// <summary>Asks one register. Used by one thread.</summary>
public interface IRegisterSearch
{
    /// <summary>Entries with a name like one of the supplier's; as many as the register gives for one question. Empty: it has none.</summary>
    /// <exception cref="SourceFailureException">It could not be asked, or its answer could not be read.</exception>
    Task<ImmutableArray<RegisteredEntity>> FindAsync(Supplier supplier, CancellationToken cancellationToken);
}
