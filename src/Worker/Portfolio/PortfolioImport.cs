using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Portfolio;

/// <param name="Column">As the file names it.</param>
/// <param name="Before">Text in the store, or "".</param>
/// <param name="After">Text in the file, or "".</param>
public sealed record FieldDifference(string Column, string Before, string After);

/// <summary>What differs for one supplier that is in both.</summary>
public sealed record SupplierDifference(SupplierId Supplier, ImmutableArray<FieldDifference> Fields);

/// <summary>What an import would do.</summary>
/// <param name="Differences">One for each changed supplier, by id.</param>
/// <param name="InForce">Suppliers in the store before it.</param>
public sealed record PortfolioPlan(SupplierChanges Changes, ImmutableArray<SupplierDifference> Differences, int InForce)
{
    /// <summary>Identifiers of the file that differ from one that somebody accepted for the supplier; the file's count.</summary>
    public ImmutableArray<string> Contradictions { get; init; } = [];

    /// <summary>Why the plan may not be applied, or null: it would retire more than half of the portfolio.</summary>
    public Diagnostic? Refusal(string file, bool allowMassRetire)
    {
        int retired = Changes.Retired.Length;
        if (allowMassRetire || retired * 2 <= InForce) return null;
        return new Diagnostic(
            DiagnosticSeverity.Error, "P030",
            string.Create(CultureInfo.InvariantCulture, $"the file would retire {retired} of {InForce} suppliers, more than half; if the file is complete, say so once with 'risk suppliers import --allow-mass-retire'"),
            new SourcePosition(file, 1, 1));
    }
}

/// <summary>Brings the store's portfolio to what the file says: all of it or nothing, in the caller's session.</summary>
public static class PortfolioImport
{
    /// <summary>Compares with the suppliers in force, after the identifiers that were accepted in reviews were put in. The order of the file does not matter; the plan is by id.</summary>
    public static async Task<PortfolioPlan> PlanAsync(IStoreSession session, IReadOnlyCollection<Supplier> suppliers, CancellationToken cancellationToken)
    {
        ILookup<SupplierId, IdentityDecision> accepted = (await session.Identities.DecisionsAsync(cancellationToken)).Where(d => d.Accepted).ToLookup(d => d.Supplier);
        ImmutableArray<string> contradictions =
        [
            .. suppliers.SelectMany(s => accepted[s.Id].Where(d => s.Identifier(d.Scheme) is { Length: > 0 } own && own != d.Value)
                .Select(d => $"'{s.Id}' has {d.Scheme} {s.Identifier(d.Scheme)} in the file, which counts; {d.Value} was accepted by {d.By} on {d.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}")),
        ];
        if (accepted.Count > 0) suppliers = [.. suppliers.Select(s => accepted.Contains(s.Id) ? WithAccepted(s, accepted[s.Id]) : s)];
        SupplierComparison found = await session.Suppliers.CompareAsync(suppliers, cancellationToken);
        return new PortfolioPlan(
            new SupplierChanges(found.Added, [.. found.Changed.Select(c => c.After)], found.Retired),
            [.. found.Changed.Select(c => new SupplierDifference(c.After.Id, Compare(c.Before, c.After)))],
            found.InForce) { Contradictions = contradictions };
    }

    /// <summary>What the file says itself stays.</summary>
    private static Supplier WithAccepted(Supplier supplier, IEnumerable<IdentityDecision> accepted) => supplier with
    {
        Identifiers = accepted.Where(d => supplier.Identifier(d.Scheme).Length == 0).Aggregate(supplier.Identifiers, (all, d) => all.SetItem(d.Scheme, d.Value)),
    };

    /// <param name="session">The write session that the plan was made in; the caller commits.</param>
    /// <exception cref="InvalidOperationException">The plan is refused (<see cref="PortfolioPlan.Refusal"/>).</exception>
    public static async Task ApplyAsync(IStoreSession session, PortfolioPlan plan, bool allowMassRetire, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (plan.Refusal("suppliers", allowMassRetire) is { } refusal) throw new InvalidOperationException(refusal.Message);
        await session.Suppliers.ApplyAsync(plan.Changes, at, cancellationToken);
    }

    private static ImmutableArray<FieldDifference> Compare(Supplier before, Supplier after)
    {
        SortedDictionary<string, string> left = Fields(before), right = Fields(after);
        return
        [
            .. left.Keys.Union(right.Keys).Order(StringComparer.Ordinal)
                .Select(column => new FieldDifference(column, left.GetValueOrDefault(column, ""), right.GetValueOrDefault(column, "")))
                .Where(f => f.Before != f.After),
        ];
    }

    private static SortedDictionary<string, string> Fields(Supplier s)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [PortfolioColumn.Name] = s.Name, [PortfolioColumn.Aliases] = string.Join(";", s.Aliases), [PortfolioColumn.Country] = s.Country, [PortfolioColumn.Tier] = Text(s.Tier),
            [PortfolioColumn.Criticality] = s.Criticality, [PortfolioColumn.Category] = s.Category, [PortfolioColumn.Owner] = s.Owner, [PortfolioColumn.BackupOwner] = s.BackupOwner,
            [PortfolioColumn.AnnualSpend] = Text(s.AnnualSpend), [PortfolioColumn.Currency] = s.Currency, [PortfolioColumn.SingleSource] = Text(s.SingleSource),
            [PortfolioColumn.StatusPage] = s.StatusPage, [PortfolioColumn.Products] = string.Join(";", s.Products), [PortfolioColumn.Tags] = string.Join(";", s.Tags),
        };
        foreach ((string scheme, string value) in s.Identifiers) fields[scheme] = value;
        foreach ((string name, string value) in s.Attributes) fields[name] = value;
        if (s.Contract is not { } contract) return fields;
        fields[PortfolioColumn.ContractId] = contract.Id;
        // The column names the last day; the contract holds the instant after it.
        fields[PortfolioColumn.ContractEnd] = contract.End is { } end
            ? end.TimeOfDay == TimeSpan.Zero ? end.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : end.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            : "";
        fields[PortfolioColumn.NoticeDays] = Text(contract.NoticeDays);
        fields[PortfolioColumn.AutoRenew] = Text(contract.AutoRenew);
        fields[PortfolioColumn.RenewalDecision] = contract.RenewalDecision;
        fields[PortfolioColumn.AnnualValue] = Text(contract.AnnualValue);
        fields[PortfolioColumn.LiabilityCap] = Text(contract.LiabilityCap);
        fields[PortfolioColumn.SlaUptime] = Text(contract.SlaUptime);
        fields[PortfolioColumn.HasDpa] = Text(contract.HasDpa);
        fields[PortfolioColumn.HasExitPlan] = Text(contract.HasExitPlan);
        return fields;
    }

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    private static string Text(bool? value) => value switch { true => "true", false => "false", null => "" };
}
