using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Evaluation;

/// <summary>Frames and views that one thread uses again and again; holds one dossier at a time.</summary>
internal sealed class EvaluationScratch
{
    private readonly SupplierObject supplier;
    private readonly MetricsObject metrics;
    private readonly FactsObject facts;
    private readonly EventsObject events;
    private readonly ContractObject contract = new();
    private readonly CertificateMap certificates;
    private readonly ImmutableArray<(CelFrame Frame, LazyNames Vars, LazyNames Limits)> packs;

    public EvaluationScratch(Catalog catalog, MissingInputs missing, ImmutableArray<PackScope> scopes)
    {
        View = new DossierView(catalog);
        supplier = new SupplierObject(catalog);
        metrics = new MetricsObject(catalog, missing, View);
        facts = new FactsObject(catalog, missing);
        events = new EventsObject(catalog, missing, View);
        certificates = new CertificateMap(catalog);
        packs = [.. scopes.Select(Frame)];
    }

    public DossierView View { get; }

    public CoverageObject Coverage { get; } = new();

    public CelFrame FrameOf(PackScope scope) => packs[scope.Index].Frame;

    /// <summary>The limit's value for the present dossier.</summary>
    public CelValue Limit(PackScope scope, int index) => packs[scope.Index].Limits.Get(index);

    /// <summary>The pack's frame for rules that look at no supplier: lists and limits at the instant.</summary>
    public CelFrame FrameForGroups(PackScope scope, DateTimeOffset at)
    {
        (CelFrame frame, _, LazyNames limits) = packs[scope.Index];
        frame.Now = at;
        limits.Reset();
        return frame;
    }

    public void Reset(Dossier dossier)
    {
        View.Reset(dossier);
        supplier.Reset(dossier.Supplier);
        facts.Reset(dossier);
        events.Reset();
        contract.Reset(dossier.Supplier.Contract);
        Coverage.Clear();
        CelValue held = certificates.Of(dossier);
        foreach ((CelFrame frame, LazyNames vars, LazyNames limits) in packs)
        {
            frame.Now = dossier.AsOf;
            frame[RuleEnvironment.Slots.Certificates] = held;
            vars.Reset();
            limits.Reset();
        }
    }

    private (CelFrame, LazyNames, LazyNames) Frame(PackScope scope)
    {
        var frame = new CelFrame(scope.Environment);
        var vars = new LazyNames(scope.Vars.Length, i => scope.Vars[i].Expression.Evaluate(frame));
        var limits = new LazyNames(scope.Limits.Length, i => InForce(scope.Limits[i], frame));
        RuleSlots slots = scope.Slots;
        frame[slots.Supplier] = CelValue.Object(supplier);
        frame[slots.Metrics] = CelValue.Object(metrics);
        frame[slots.Facts] = CelValue.Object(facts);
        frame[slots.Events] = CelValue.Object(events);
        frame[slots.Contract] = CelValue.Object(contract);
        frame[slots.Limit] = CelValue.Object(limits);
        frame[slots.Lists] = CelValue.Object(new FixedNames(scope.Lists));
        frame[slots.Vars] = CelValue.Object(vars);
        frame[slots.Coverage] = CelValue.Object(Coverage);
        return (frame, vars, limits);
    }

    /// <summary>The first override that matches, else the default; unknown as soon as an override before that is unknown (RULES.md 4.4 rule 7).</summary>
    private static CelValue InForce(Limit limit, CelFrame frame)
    {
        foreach (LimitOverride item in limit.Overrides)
        {
            if (frame.Now >= item.ExpiresAt) continue;
            CelValue matches = item.When.Evaluate(frame);
            if (matches.IsFailure) return matches;
            if (matches.IsTrue) return item.Value;
        }

        return limit.Default;
    }
}

/// <summary>Vars or limits: each is computed at most once for a dossier.</summary>
internal sealed class LazyNames(int count, Func<int, CelValue> compute) : ICelObject
{
    private enum State : byte { Unasked, Known, Failed }

    private readonly State[] states = new State[count];

    /// <summary>Those that were asked for.</summary>
    public CelValue[] Values { get; } = new CelValue[count];

    public void Reset() => Array.Clear(states);

    public CelValue Get(int slot)
    {
        if (states[slot] == State.Unasked) Compute(slot);
        return Values[slot];
    }

    public bool? Has(int slot) => !Get(slot).IsMissing;

    /// <summary>There is a value, neither missing nor an error; it is among <see cref="Values"/>.</summary>
    public bool Knows(int slot) => (states[slot] == State.Unasked ? Compute(slot) : states[slot]) == State.Known;

    private State Compute(int slot)
    {
        CelValue value = compute(slot);
        Values[slot] = value;
        return states[slot] = value.IsFailure ? State.Failed : State.Known;
    }
}

internal sealed class FixedNames(ImmutableArray<CelValue> values) : ICelObject
{
    public CelValue Get(int slot) => values[slot];

    public bool? Has(int slot) => true;
}
