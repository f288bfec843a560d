using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>The supplier as <c>supplier.x</c>; slots as in <see cref="RulePacks.RuleEnvironment.SupplierFields"/>, then the portfolio's own columns.</summary>
internal sealed class SupplierObject(Catalog catalog) : ICelObject
{
    private static readonly CelValue SpendAbsent = CelValue.Missing("supplier.annual_spend: absent");
    private static readonly CelValue OnboardedAbsent = CelValue.Missing("supplier.onboarded: absent");
    private static readonly CelValue PersonalDataAbsent = CelValue.Missing("supplier.processes_personal_data: absent");
    private static readonly int OwnColumns = RulePacks.RuleEnvironment.SupplierFields.Length;
    private Supplier supplier = null!;

    /// <summary>Of the slots from 9 on.</summary>
    public static readonly ImmutableArray<string> Schemes =
        [IdentifierScheme.Domain, IdentifierScheme.Lei, IdentifierScheme.Cik, IdentifierScheme.Duns, IdentifierScheme.Vat, IdentifierScheme.CompaniesHouse, IdentifierScheme.Ticker];

    public Supplier Supplier => supplier;

    public bool HasSpend { get; private set; }

    public double Spend { get; private set; }

    public void Reset(Supplier next)
    {
        supplier = next;
        HasSpend = next.AnnualSpend is not null;
        Spend = (double)next.AnnualSpend.GetValueOrDefault();
    }

    /// <summary>The portfolio's own column of the slot, or "".</summary>
    public string Attribute(int slot) => supplier.Attributes.TryGetValue(catalog.SupplierAttributes[slot - OwnColumns], out string? text) ? text : "";

    public CelValue Get(int slot) => slot switch
    {
        0 => CelValue.Text(supplier.Id.Value),
        1 => CelValue.Text(supplier.Name),
        2 => CelValue.Text(supplier.Country),
        3 => CelValue.Text(supplier.Category),
        4 => CelValue.Text(supplier.Status),
        5 => CelValue.Text(supplier.Criticality),
        6 => CelValue.Text(supplier.Owner),
        7 => CelValue.Text(supplier.BackupOwner),
        8 => CelValue.Text(supplier.Currency),
        < 16 => CelValue.Text(supplier.Identifier(Schemes[slot - 9])),
        16 => CelValue.Of((long)supplier.Tier),
        17 => CelValue.Texts(supplier.Tags),
        18 => CelValue.Texts(supplier.Aliases),
        19 => CelValue.Texts(supplier.Products),
        20 => CelValue.Of(supplier.SingleSource),
        21 => HasSpend ? CelValue.OfDouble(Spend) : SpendAbsent,
        22 => CelValue.Text(supplier.Region),
        23 => supplier.Onboarded is { } since ? CelValue.Timestamp(since) : OnboardedAbsent,
        24 => supplier.ProcessesPersonalData is { } processes ? CelValue.Of(processes) : PersonalDataAbsent,
        25 => CelValue.Text(supplier.StatusPage),
        26 => CelValue.Text(supplier.Identifier(IdentifierScheme.Uei)),
        _ => CelValue.Text(Attribute(slot)),
    };

    public bool? Has(int slot)
    {
        CelValue value = Get(slot);
        return value.Kind switch
        {
            CelValueKind.Missing => false,
            CelValueKind.Text => value.AsText.Length > 0,
            _ => true,
        };
    }
}

internal sealed class FactsObject(Catalog catalog, MissingInputs missing) : ICelObject
{
    private Dossier dossier = null!;

    public void Reset(Dossier next) => dossier = next;

    public CelValue Get(int slot)
    {
        FactSlot fact = dossier.Facts[slot];
        if (fact.Freshness != Freshness.Fresh) return missing.Facts[slot].For(fact.Freshness);
        if (fact.Signal is not { } signal) return missing.Facts[slot].Absent;
        if (signal.Value.Type != catalog.Facts[slot].Type) return missing.Facts[slot].Invalid;
        return signal.Value.Type switch
        {
            FactType.Bool => CelValue.Of(signal.Value.Bool),
            FactType.Int => CelValue.Of(signal.Value.Int),
            FactType.Timestamp => CelValue.Timestamp(signal.Value.Timestamp),
            _ => CelValue.Text(signal.Value.Text),
        };
    }

    public bool? Has(int slot) => IsKnown(slot);

    /// <summary>It is stated, by a source that can be relied on, and of the type that the catalog says.</summary>
    public bool IsKnown(int slot) => dossier.Facts[slot] is { Freshness: Freshness.Fresh, Signal: { } signal } && signal.Value.Type == catalog.Facts[slot].Type;

    /// <summary>Of a slot that is known and of this type; so are the next three.</summary>
    public string Text(int slot) => dossier.Facts[slot].Signal!.Value.Text;

    public bool Bool(int slot) => dossier.Facts[slot].Signal!.Value.Bool;

    public long Int(int slot) => dossier.Facts[slot].Signal!.Value.Int;

    public DateTimeOffset Timestamp(int slot) => dossier.Facts[slot].Signal!.Value.Timestamp;
}

/// <summary>The feeds as lists of events, open at the end where the feed cannot be relied on (RULES.md 4.4 rule 5). Lists are made when first asked for.</summary>
internal sealed class EventsObject(Catalog catalog, MissingInputs missing, DossierView view) : ICelObject
{
    private readonly CelList?[] lists = new CelList?[catalog.Feeds.Length];

    public DossierView View => view;

    public void Reset() => Array.Clear(lists);

    public CelValue Get(int slot) => CelValue.List(lists[slot] ??= Make(slot));

    public bool? Has(int slot) => true;

    private CelList Make(int slot)
    {
        FeedSlot feed = view.Dossier.Feeds[slot];
        string? open = feed.Freshness == Freshness.Fresh ? null : missing.Feeds[slot].For(feed.Freshness).MissingInputs[0];
        if (feed.Events.IsEmpty) return open is null ? CelList.Empty : new CelList([], open);
        var items = ImmutableArray.CreateBuilder<CelValue>(feed.Events.Length);
        foreach (EventSignal happening in feed.Events) items.Add(CelValue.Object(new EventObject(catalog.Feeds[slot].Name, happening, feed.Events)));
        return new CelList(items.MoveToImmutable(), open);
    }
}

/// <param name="feed">All events of the feed, to count the sources of a story.</param>
internal sealed class EventObject(string name, EventSignal happening, ImmutableArray<EventSignal> feed) : ICelObject
{
    public EventSignal Signal => happening;

    /// <summary>The event's id, for traces.</summary>
    public override string ToString() => happening.Id;

    public CelValue Get(int slot) => slot switch
    {
        0 => CelValue.Text(happening.Id),
        1 => CelValue.Text(happening.Type),
        2 => CelValue.Text(happening.Source.Value),
        3 => CelValue.Text(happening.Title),
        4 => CelValue.Text(happening.Stage),
        5 => CelValue.Text(happening.Story),
        6 => CelValue.Text(happening.Evidence.Url),
        7 => CelValue.Of((long)happening.Severity),
        8 => CelValue.Timestamp(happening.OccurredAt),
        9 => happening.Amount is { } amount ? CelValue.OfDouble(amount) : CelValue.Missing($"events.{name} {happening.Id}.amount: absent"),
        10 => happening.Due is { } due ? CelValue.Timestamp(due) : CelValue.Missing($"events.{name} {happening.Id}.due: absent"),
        _ => CelValue.Of((long)CountSources()),
    };

    public bool? Has(int slot) => slot switch
    {
        9 => happening.Amount is not null,
        10 => happening.Due is not null,
        _ => true,
    };

    private int CountSources() =>
        happening.Story.Length == 0 ? 1 : feed.Where(e => e.Story == happening.Story).Select(e => e.Source).Distinct().Count();
}

/// <summary>The running contract; known absent when the portfolio names none (RULES.md 4.4 rule 6).</summary>
internal sealed class ContractObject : ICelObject
{
    private static readonly ImmutableArray<CelValue> Absent = [.. RulePacks.RuleEnvironment.ContractType.Fields.Select(f => CelValue.Missing($"contract.{f.Name}: absent"))];
    private Contract? contract;

    public Contract? Contract => contract;

    public void Reset(Contract? next) => contract = next;

    public CelValue Get(int slot)
    {
        if (contract is null) return Absent[slot];
        return slot switch
        {
            0 => CelValue.Text(contract.Id),
            1 => CelValue.Text(contract.RenewalDecision),
            2 => contract.End is { } end ? CelValue.Timestamp(end) : Absent[slot],
            3 => Of(contract.AnnualValue, slot),
            4 => Of(contract.LiabilityCap, slot),
            5 => Of(contract.SlaUptime, slot),
            6 => contract.NoticeDays is { } days ? CelValue.Of((long)days) : Absent[slot],
            7 => Of(contract.AutoRenew, slot),
            8 => Of(contract.HasDpa, slot),
            _ => Of(contract.HasExitPlan, slot),
        };
    }

    public bool? Has(int slot) => !Get(slot).IsMissing;

    private static CelValue Of(double? value, int slot) => value is { } number ? CelValue.OfDouble(number) : Absent[slot];

    private static CelValue Of(bool? value, int slot) => value is { } truth ? CelValue.Of(truth) : Absent[slot];
}

/// <summary>What the other rules could decide; set before the rules that read it run.</summary>
internal sealed class CoverageObject : ICelObject
{
    private static readonly CelValue NotYet = CelValue.Missing("coverage: known only to conditions that read it");
    private CelValue share = NotYet;
    private CelValue missing = NotYet;

    /// <summary>Nothing of the supplier before is seen by the next one.</summary>
    public void Clear() => share = missing = NotYet;

    public bool HasShare => !share.IsFailure;

    /// <summary>Where it is known.</summary>
    public double Share => share.AsDouble;

    public void Set(decimal covered, IEnumerable<string> inputs)
    {
        share = CelValue.OfDouble((double)covered);
        missing = CelValue.Texts(inputs);
    }

    public CelValue Get(int slot) => slot == 0 ? share : missing;

    public bool? Has(int slot) => true;
}
