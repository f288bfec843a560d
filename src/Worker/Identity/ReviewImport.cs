using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Identity;

/// <summary>What an import did.</summary>
/// <param name="Decisions">Those that were new.</param>
/// <param name="Changed">Suppliers that have another identifier now.</param>
/// <param name="Remarks">What a person should know: an identifier of the portfolio that contradicts.</param>
/// <param name="Open">Rows without a decision.</param>
internal sealed record ReviewResult(ImmutableArray<IdentityDecision> Decisions, ImmutableArray<Supplier> Changed, ImmutableArray<string> Remarks, int Open);

/// <summary>Takes the decisions of a review file over: decisions, suppliers and ledger in one transaction.</summary>
internal static class ReviewImport
{
    /// <returns>Null when the file is wrong; the bag says how.</returns>
    public static async Task<ReviewResult?> RunAsync(IRiskStore store, IReadOnlyList<SourceId> registers, string path, string by, DateTimeOffset at, DiagnosticBag diagnostics, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        Dictionary<SupplierId, Supplier> suppliers = (await session.Suppliers.ListAsync(null, cancellationToken)).ToDictionary(s => s.Supplier.Id, s => s.Supplier);
        var offered = new Dictionary<(SupplierId, string, string), (RegisterAnswer, string)>();
        foreach (SourceId register in registers)
        {
            foreach (RegisterAnswer answer in await session.Identities.AnswersAsync(register, cancellationToken))
            {
                foreach (var entity in answer.Entities)
                {
                    foreach ((string scheme, string value) in entity.Identifiers) offered.TryAdd((answer.Supplier, scheme, value), (answer, entity.LegalName));
                }
            }
        }

        var reader = new ReviewReader(path, by, at, new ReviewContext(suppliers, offered), diagnostics);
        ImmutableArray<IdentityDecision> read = reader.Read(path);
        if (diagnostics.HasErrors) return null;
        IdentityDecision[] known = [.. await session.Identities.DecisionsAsync(cancellationToken)];
        IdentityDecision[] fresh = [.. read.Where(d => !known.Any(k => k with { At = d.At } == d))];
        var remarks = ImmutableArray.CreateBuilder<string>();
        var changed = new SortedDictionary<SupplierId, Supplier>();
        foreach (IdentityDecision decision in fresh)
        {
            Supplier supplier = changed.GetValueOrDefault(decision.Supplier, suppliers[decision.Supplier]);
            if (Apply(supplier, decision, known, remarks) is { } next) changed[decision.Supplier] = next;
        }

        foreach (IdentityDecision decision in fresh.Where(d => d.Accepted))
        {
            if (suppliers.Values.Select(s => changed.GetValueOrDefault(s.Id, s)).Where(s => s.Id != decision.Supplier && s.Identifier(decision.Scheme) == decision.Value).OrderBy(s => s.Id).FirstOrDefault() is { } other)
                remarks.Add($"{decision.Scheme} {decision.Value} is also that of '{other.Id}' ({other.Name}); if they are one company, keep one row in the portfolio");
        }

        await session.Identities.DecideAsync(fresh, cancellationToken);
        await session.Suppliers.ApplyAsync(new SupplierChanges([], [.. changed.Values], []), at, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new ReviewResult([.. fresh], [.. changed.Values], remarks.ToImmutable(), reader.Open);
    }

    /// <summary>The supplier with the decision, or null when it stays as it is.</summary>
    private static Supplier? Apply(Supplier supplier, IdentityDecision decision, IdentityDecision[] known, ImmutableArray<string>.Builder remarks)
    {
        string present = supplier.Identifier(decision.Scheme);
        bool isOwn = present.Length > 0 && !known.Any(k => k.Accepted && k.Supplier == supplier.Id && k.Scheme == decision.Scheme && k.Value == present);
        if (decision.Accepted)
        {
            if (present == decision.Value) return null;
            if (!isOwn) return supplier with { Identifiers = supplier.Identifiers.SetItem(decision.Scheme, decision.Value) };
            remarks.Add(Contradiction(supplier, decision, present));
            return null;
        }

        if (present != decision.Value) return null;
        if (!isOwn) return supplier with { Identifiers = supplier.Identifiers.Remove(decision.Scheme) };
        remarks.Add($"'{supplier.Id}' has the rejected {decision.Scheme} {decision.Value} in the portfolio file, which counts; remove it there");
        return null;
    }

    private static string Contradiction(Supplier supplier, IdentityDecision decision, string present) =>
        $"'{supplier.Id}' has {decision.Scheme} {present} in the portfolio file, which counts; {decision.Value} was accepted by {decision.By}";
}
