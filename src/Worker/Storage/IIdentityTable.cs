using System.Collections.Immutable;
using Risk.Rules.Identity;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage;

/// <summary>What a register answered.</summary>
/// <param name="Question">What it was asked, so that an answer to another question does not count.</param>
public sealed record RegisterAnswer(SourceId Source, SupplierId Supplier, string Question, DateTimeOffset AskedAt, ImmutableArray<RegisteredEntity> Entities);

/// <summary>What a person decided about one candidate.</summary>
/// <param name="Value">Normalised identifier.</param>
/// <param name="By">Who.</param>
/// <param name="Source">The register that named it.</param>
/// <param name="Name">The register's name of it.</param>
public sealed record IdentityDecision(SupplierId Supplier, string Scheme, string Value, bool Accepted, string By, string Note, SourceId Source, string Name, DateTimeOffset At);

/// <summary>How suppliers came to identifiers that the portfolio file does not have.</summary>
public interface IIdentityTable
{
    /// <summary>All answers of a register, by supplier.</summary>
    Task<IReadOnlyList<RegisterAnswer>> AnswersAsync(SourceId source, CancellationToken cancellationToken);

    /// <summary>Keeps the answer in the place of the one before.</summary>
    Task SaveAnswerAsync(RegisterAnswer answer, CancellationToken cancellationToken);

    /// <summary>The last decision about each candidate, by supplier, scheme and value.</summary>
    Task<IReadOnlyList<IdentityDecision>> DecisionsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores those that differ from what is known, each with an entry in the ledger. Of one supplier and scheme at most one value stays accepted: the one
    /// accepted last. The suppliers themselves are changed by the caller, in the same session.
    /// </summary>
    Task DecideAsync(IReadOnlyCollection<IdentityDecision> decisions, CancellationToken cancellationToken);
}
