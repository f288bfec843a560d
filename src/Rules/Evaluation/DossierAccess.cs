using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Runtime.InteropServices;
using Risk.Rules.Catalogs;
using Risk.Rules.Language;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>Tells the expression compiler how the dossier's fields are read without a value in between. Each says what its object's Get and Has say.</summary>
internal static class DossierAccess
{
    private static readonly string?[] SupplierMembers =
    [
        null, nameof(Supplier.Name), nameof(Supplier.Country), nameof(Supplier.Category), nameof(Supplier.Status), nameof(Supplier.Criticality), nameof(Supplier.Owner), nameof(Supplier.BackupOwner),
        nameof(Supplier.Currency),
    ];

    private static readonly string[] EventTexts = [nameof(EventSignal.Id), nameof(EventSignal.Type), "", nameof(EventSignal.Title), nameof(EventSignal.Stage), nameof(EventSignal.Story)];

    private static readonly string[] ContractMembers =
    [
        nameof(Contract.Id), nameof(Contract.RenewalDecision), nameof(Contract.End), nameof(Contract.AnnualValue), nameof(Contract.LiabilityCap), nameof(Contract.SlaUptime), nameof(Contract.NoticeDays),
        nameof(Contract.AutoRenew), nameof(Contract.HasDpa), nameof(Contract.HasExitPlan),
    ];

    public static CelObjectAccess ForSupplier { get; } = new(typeof(SupplierObject), source => source, SupplierField);

    public static CelObjectAccess ForEvent { get; } = new(typeof(EventObject), source => Expression.Property(source, nameof(EventObject.Signal)), EventField);

    public static CelObjectAccess ForContract { get; } = new(typeof(ContractObject), source => source, ContractField);

    public static CelObjectAccess ForMetrics(Catalog catalog) => new(typeof(MetricsObject), source => source, slot =>
    {
        string member = catalog.Metrics[slot].Type == MetricType.Int ? nameof(MetricCell.Whole) : nameof(MetricCell.Value);
        return new CelFieldAccess { Value = metrics => Cell(metrics, slot, member), IsKnown = metrics => Cell(metrics, slot, nameof(MetricCell.IsUsable)), Has = metrics => Cell(metrics, slot, nameof(MetricCell.IsUsable)) };
    });

    public static CelObjectAccess ForFacts(Catalog catalog) => new(typeof(FactsObject), source => source, slot =>
    {
        FactType type = catalog.Facts[slot].Type;
        return new CelFieldAccess
        {
            Value = facts => Expression.Call(facts, type.ToString(), null, Expression.Constant(slot)),
            IsKnown = facts => Expression.Call(facts, nameof(FactsObject.IsKnown), null, Expression.Constant(slot)),
            Has = facts => Expression.Call(facts, nameof(FactsObject.IsKnown), null, Expression.Constant(slot)),
        };
    });

    public static CelObjectAccess ForEvents { get; } = new(typeof(EventsObject), View, slot => new CelFieldAccess
    {
        Value = view => Expression.ArrayIndex(Expression.Property(view, nameof(DossierView.Feeds)), Expression.Constant(slot)),
        IsOpen = view => Expression.ArrayIndex(Expression.Property(view, nameof(DossierView.IsFeedOpen)), Expression.Constant(slot)),
    });

    public static CelObjectAccess ForCoverage { get; } = new(typeof(CoverageObject), source => source, slot =>
        slot == 0
            ? new CelFieldAccess { Value = coverage => Expression.Property(coverage, nameof(CoverageObject.Share)), IsKnown = coverage => Expression.Property(coverage, nameof(CoverageObject.HasShare)) }
            : null);

    /// <summary>Vars and limits: computed when first asked for.</summary>
    /// <param name="constants">By slot: what never changes, as a limit without overrides; empty when nothing is.</param>
    public static CelObjectAccess ForNames(ImmutableArray<CelField> fields, ImmutableArray<CelValue?> constants) => new(typeof(LazyNames), source => source, slot =>
    {
        if (!constants.IsEmpty && constants[slot] is { } constant) return new CelFieldAccess { Constant = constant };
        if (fields[slot].Type.Kind is not (CelKind.Bool or CelKind.Int or CelKind.Double or CelKind.Text)) return null;
        return new CelFieldAccess
        {
            Value = names => Expression.Property(Expression.ArrayAccess(Expression.Property(names, nameof(LazyNames.Values)), Expression.Constant(slot)), "As" + fields[slot].Type.Kind),
            IsKnown = names => Expression.Call(names, nameof(LazyNames.Knows), null, Expression.Constant(slot)),
        };
    });

    public static CelObjectAccess ForLists(ImmutableArray<CelValue> lists) => new(typeof(FixedNames), source => source, slot => new CelFieldAccess { Constant = lists[slot] });

    private static CelFieldAccess? SupplierField(int slot) => slot switch
    {
        0 => Text(source => Expression.Property(Expression.Property(OfSupplier(source), nameof(Supplier.Id)), nameof(SupplierId.Value))),
        < 9 => Text(source => Expression.Property(OfSupplier(source), SupplierMembers[slot]!)),
        < 16 => Text(source => Expression.Call(OfSupplier(source), nameof(Supplier.Identifier), null, Expression.Constant(SupplierObject.Schemes[slot - 9]))),
        16 => new CelFieldAccess { Value = source => Expression.Convert(Expression.Property(OfSupplier(source), nameof(Supplier.Tier)), typeof(long)) },
        17 => Texts(nameof(Supplier.Tags)),
        18 => Texts(nameof(Supplier.Aliases)),
        19 => Texts(nameof(Supplier.Products)),
        20 => new CelFieldAccess { Value = source => Expression.Property(OfSupplier(source), nameof(Supplier.SingleSource)) },
        21 => new CelFieldAccess
        {
            Value = source => Expression.Property(source, nameof(SupplierObject.Spend)),
            IsKnown = source => Expression.Property(source, nameof(SupplierObject.HasSpend)),
            Has = source => Expression.Property(source, nameof(SupplierObject.HasSpend)),
        },
        22 => Text(source => Expression.Property(OfSupplier(source), nameof(Supplier.Region))),
        23 => Nullable(source => Expression.Property(OfSupplier(source), nameof(Supplier.Onboarded))),
        24 => Nullable(source => Expression.Property(OfSupplier(source), nameof(Supplier.ProcessesPersonalData))),
        25 => Text(source => Expression.Property(OfSupplier(source), nameof(Supplier.StatusPage))),
        26 => Text(source => Expression.Call(OfSupplier(source), nameof(Supplier.Identifier), null, Expression.Constant(IdentifierScheme.Uei))),
        _ => Text(source => Expression.Call(source, nameof(SupplierObject.Attribute), null, Expression.Constant(slot))),
    };

    private static CelFieldAccess? EventField(int slot) => slot switch
    {
        2 => Known(happening => Expression.Property(Expression.Property(happening, nameof(EventSignal.Source)), nameof(SourceId.Value))),
        < 6 => Known(happening => Expression.Property(happening, EventTexts[slot])),
        6 => Known(happening => Expression.Property(Expression.Property(happening, nameof(EventSignal.Evidence)), nameof(Evidence.Url))),
        7 => Known(happening => Expression.Convert(Expression.Property(happening, nameof(EventSignal.Severity)), typeof(long))),
        8 => Known(happening => Expression.Property(happening, nameof(EventSignal.OccurredAt))),
        9 => Nullable(happening => Expression.Property(happening, nameof(EventSignal.Amount))),
        10 => Nullable(happening => Expression.Property(happening, nameof(EventSignal.Due))),
        _ => null,
    };

    private static CelFieldAccess ContractField(int slot)
    {
        Expression Member(Expression source) => Expression.Property(Expression.Property(source, nameof(ContractObject.Contract)), ContractMembers[slot]);
        Expression Exists(Expression source) => Expression.ReferenceNotEqual(Expression.Property(source, nameof(ContractObject.Contract)), Expression.Constant(null));
        if (slot < 2) return new CelFieldAccess { Value = Member, IsKnown = Exists, Has = Exists };
        Expression IsKnown(Expression source) => Expression.AndAlso(Exists(source), Expression.Property(Member(source), "HasValue"));
        return new CelFieldAccess { Value = source => Plain(Member(source)), IsKnown = IsKnown, Has = IsKnown };
    }

    private static MemberExpression OfSupplier(Expression source) => Expression.Property(source, nameof(SupplierObject.Supplier));

    private static CelFieldAccess Text(Func<Expression, Expression> value) => new()
    {
        Value = value,
        Has = source => Expression.GreaterThan(Expression.Property(value(source), nameof(string.Length)), Expression.Constant(0)),
    };

    private static CelFieldAccess Texts(string member) => new()
    {
        Value = source => Expression.Call(typeof(ImmutableCollectionsMarshal), nameof(ImmutableCollectionsMarshal.AsArray), [typeof(string)], Expression.Property(OfSupplier(source), member)),
        Has = _ => Expression.Constant(true),
    };

    private static CelFieldAccess Known(Func<Expression, Expression> value) => new() { Value = value, Has = _ => Expression.Constant(true) };

    private static CelFieldAccess Nullable(Func<Expression, Expression> member) => new()
    {
        Value = owner => Plain(member(owner)),
        IsKnown = owner => Expression.Property(member(owner), "HasValue"),
        Has = owner => Expression.Property(member(owner), "HasValue"),
    };

    /// <summary>The value of a nullable that has one.</summary>
    private static Expression Plain(Expression nullable)
    {
        Expression value = Expression.Call(nullable, "GetValueOrDefault", null);
        return value.Type == typeof(int) ? Expression.Convert(value, typeof(long)) : value;
    }

    private static MemberExpression View(Expression source) => Expression.Property(source, "View");

    private static MemberExpression Cell(Expression metrics, int slot, string member) =>
        Expression.Field(Expression.ArrayAccess(Expression.Property(metrics, nameof(MetricsObject.Cells)), Expression.Constant(slot)), member);
}
