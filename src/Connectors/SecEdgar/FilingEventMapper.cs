using System.Globalization;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Courts;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>Turns a company's filing list into events. Pure.</summary>
internal static class FilingEventMapper
{
    /// <summary>An amendment that names no period belongs to a filing of at most this long before.</summary>
    private const int DaysToAmend = 120;

    /// <summary>A delisting this long after a notice is what the notice announced.</summary>
    private const int DaysFromNoticeToDelisting = 365;

    /// <summary>A company that takes its shares from one exchange to another reports it as item 3.01 and files Form 25 itself.</summary>
    private const int DaysToMove = 60;

    private sealed record Kind(string Feed, string Type, int Severity, string Title);

    /// <summary>8-K items that matter, by number. Item 1.03 is told by <see cref="InsolvencyProceeding"/>.</summary>
    private static readonly Dictionary<string, Kind> Items = new(StringComparer.Ordinal)
    {
        ["1.01"] = new("agreement_new", "material-agreement", 1, "Entered a material agreement"),
        ["1.02"] = new("agreement_end", "agreement-terminated", 2, "A material agreement ended"),
        ["1.05"] = new("cyber_incident", "material-cyber-incident", 4, "Material cybersecurity incident"),
        ["2.04"] = new("debt_acceleration", "obligation-accelerated", 4, "An event accelerates or increases a financial obligation"),
        ["2.05"] = new("restructuring", "exit-or-disposal", 2, "Costs of closing or disposing of a business"),
        ["2.06"] = new("impairment", "material-impairment", 3, "Material impairment"),
        ["3.01"] = new("delisting", "notice", 3, "Delisting notice, or failure of a listing standard"),
        ["4.01"] = new("auditor_change", "auditor-changed", 2, "Auditor changed"),
        ["4.02"] = new("restatement", "non-reliance", 4, "Earlier financial statements should no longer be relied on"),
        ["5.02"] = new("officer_change", "officer-or-director", 1, "Change of officers or directors"),
    };

    private static readonly Dictionary<string, Kind> Forms = new(StringComparer.Ordinal)
    {
        ["NT 10-K"] = new("late_filing", "annual-report", 3, "Annual report late (NT 10-K)"),
        ["NT 10-Q"] = new("late_filing", "quarterly-report", 2, "Quarterly report late (NT 10-Q)"),
        ["NT 20-F"] = new("late_filing", "annual-report", 3, "Annual report late (NT 20-F)"),
        ["15-12B"] = new("delisting", "deregistered", 4, "Registration ended (15-12B)"),
        ["15-12G"] = new("delisting", "deregistered", 4, "Registration ended (15-12G)"),
        ["15-15D"] = new("delisting", "deregistered", 3, "Duty to report suspended (15-15D)"),
        ["15F-12B"] = new("delisting", "deregistered", 4, "Registration ended (15F-12B)"),
        ["15F-12G"] = new("delisting", "deregistered", 4, "Registration ended (15F-12G)"),
        ["15F-15D"] = new("delisting", "deregistered", 3, "Duty to report suspended (15F-15D)"),
        ["25"] = new("delisting", "delisted", 4, "Removed from listing by the company (25)"),
        ["25-NSE"] = new("delisting", "delisted", 4, "Removed from listing by the exchange (25-NSE)"),
    };

    /// <summary>Every event of the list: insolvency proceedings first, then the others in order of their filings.</summary>
    public static IReadOnlyList<EventSignal> Map(SupplierId supplier, FilingHistory history, DateTimeOffset observedAt)
    {
        IReadOnlyList<InsolvencyProceeding> proceedings = InsolvencyProceeding.Find(history, DateOnly.FromDateTime(observedAt.UtcDateTime));
        return
        [
            .. proceedings.Select(p => Event(supplier, history, p, observedAt)),
            .. Gather(history).Select(h => Event(supplier, history, h, proceedings, observedAt)),
        ];
    }

    public static readonly FactDefinition Listing = new("listing", FactType.Text, TimeSpan.FromDays(14), "Tickers and the exchanges that list them, or none; over-the-counter quotations do not count.");

    /// <summary>Where the company is listed now, since the last filing that changed it. EDGAR keeps no history of tickers; this store does, from the first look on. Null without any filing.</summary>
    public static FactSignal? MapListing(SupplierId supplier, FilingHistory history, DateTimeOffset observedAt)
    {
        Filing? since = history.Filings.LastOrDefault(f => f.IsRemovalFromListing || f.BaseForm == "8-A12B") ?? (history.Filings.Count > 0 ? history.Filings[0] : null);
        if (since is null) return null;
        string listing = history.IsListed ? string.Join(", ", history.Listings) : "none";
        string excerpt = $"EDGAR's profile of CIK {CentralIndexKey.Pad(history.Cik)}, listed: {listing}";
        return new FactSignal
        {
            Supplier = supplier,
            Source = SecEdgarModule.Id,
            Name = Listing.Name,
            Value = FactValue.Of(listing),
            OccurredAt = since.FiledAt,
            ObservedAt = observedAt,
            Evidence = FilingEvidence.OfProfile(history.Cik, excerpt, observedAt),
        };
    }

    /// <summary>True when an amendment stands in the list and what it amends does not.</summary>
    public static bool LacksOriginals(FilingHistory history) => Gather(history).Exists(h => h.Filing.IsAmendment);

    /// <summary>Whether a filing of this form can change what is told of a company.</summary>
    /// <param name="form">With its <c>/A</c> if it amends.</param>
    public static bool Matters(string form)
    {
        string baseForm = form.EndsWith("/A", StringComparison.Ordinal) ? form[..^2] : form;
        return baseForm.StartsWith("8-K", StringComparison.Ordinal) || Forms.ContainsKey(baseForm) || Filing.IsPeriodic(baseForm);
    }

    private static List<Happening> Gather(FilingHistory history)
    {
        var happenings = new List<Happening>();
        foreach (Filing filing in history.Filings)
        {
            foreach ((string item, Kind kind) in KindsOf(filing))
            {
                if (filing.IsAmendment && Amended(happenings, filing, item) is { } original) original.Amendments.Add(filing);
                else happenings.Add(new Happening(filing, item, kind));
            }
        }

        return happenings;
    }

    /// <summary>Each item of an 8-K that matters; the form itself, with the item "", for the other forms that do.</summary>
    private static IEnumerable<(string Item, Kind Kind)> KindsOf(Filing filing)
    {
        if (filing.IsCurrentReport) return filing.Items.Distinct(StringComparer.Ordinal).Where(Items.ContainsKey).Select(item => (item, Items[item]));
        return Forms.TryGetValue(filing.BaseForm, out Kind? kind) ? [("", kind)] : [];
    }

    private sealed record Happening(Filing Filing, string Item, Kind Kind)
    {
        public List<Filing> Amendments { get; } = [];
    }

    /// <summary>What an amendment amends: the same form and item for the same period, else the last one shortly before.</summary>
    private static Happening? Amended(List<Happening> happenings, Filing amendment, string item)
    {
        IEnumerable<Happening> same = happenings.Where(h => h.Item == item && h.Filing.BaseForm == amendment.BaseForm);
        return same.LastOrDefault(h => amendment.Period is { } period && h.Filing.Period == period)
            ?? same.LastOrDefault(h => h.Filing.FileNumber == amendment.FileNumber && amendment.FiledOn.DayNumber - h.Filing.FiledOn.DayNumber <= DaysToAmend);
    }

    private static EventSignal Event(SupplierId supplier, FilingHistory history, Happening happening, IReadOnlyList<InsolvencyProceeding> proceedings, DateTimeOffset observedAt)
    {
        Filing filing = happening.Filing;
        (int severity, string note) = Weigh(history, happening, proceedings);
        string period = happening.Kind.Feed == "late_filing" && filing.Period is { } end ? $" for the period to {Dates.Text(end)}" : "";
        string amended = happening.Amendments.Count == 0 ? "" : $", amended {string.Join(", ", happening.Amendments.Select(a => Dates.Text(a.FiledOn)).Distinct(StringComparer.Ordinal))}";
        var excerpt = new StringBuilder();
        foreach (Filing told in happening.Amendments.Prepend(filing)) excerpt.Append(excerpt.Length > 0 ? "; " : "").Append(Words(told));
        return new EventSignal
        {
            Supplier = supplier,
            Source = SecEdgarModule.Id,
            Name = happening.Kind.Feed,
            Id = happening.Item.Length == 0 ? filing.Accession : $"{filing.Accession}/{happening.Item}",
            Type = happening.Kind.Type,
            Title = $"{happening.Kind.Title}{period}{(note.Length > 0 ? ": " + note : "")}{amended}",
            Severity = severity,
            Story = proceedings.FirstOrDefault(p => p.Reports.Any(r => r.Accession == filing.Accession)) is { } course ? Story(course) : "",
            OccurredAt = filing.FiledAt,
            ObservedAt = observedAt,
            Evidence = FilingEvidence.Of(history.Cik, filing.Accession, excerpt.ToString(), observedAt),
        };
    }

    /// <summary>What the rest of the filing list says about how serious a listing event is; other events keep their kind's severity.</summary>
    private static (int Severity, string Note) Weigh(FilingHistory history, Happening happening, IReadOnlyList<InsolvencyProceeding> proceedings)
    {
        if (happening.Kind.Feed != "delisting") return (happening.Kind.Severity, "");
        Filing filing = happening.Filing;
        string listings = string.Join(", ", history.Listings.Take(3)) + (history.Listings.Count > 3 ? ", ..." : "");
        Filing? lastRemoval = history.Filings.LastOrDefault(f => f.IsRemovalFromListing);
        switch (happening.Kind.Type)
        {
            case "delisted" or "deregistered" when history.IsListed:
                return (1, $"one class of securities or a change of exchange, the company is listed ({listings})");
            case "delisted" when lastRemoval is not null && lastRemoval.FiledOn > filing.FiledOn:
                return (1, $"other securities stayed listed until {Dates.Text(lastRemoval.FiledOn)}");
            case "notice" when proceedings.Any(p => p.Reports.Any(r => r.Accession == filing.Accession)):
                return (4, "in an insolvency proceeding");
            case "notice" when !history.IsListed && lastRemoval is not null && Days(filing, lastRemoval) is >= 0 and <= DaysFromNoticeToDelisting:
                return (4, $"removed from listing {Dates.Text(lastRemoval.FiledOn)}");
            case "notice" when history.IsListed && history.Filings.FirstOrDefault(f => f.BaseForm == "25" && Days(filing, f) is >= 0 and <= DaysToMove) is { } move:
                return (1, $"the company moved its listing itself ({Dates.Text(move.FiledOn)}, form 25)");
            case "notice" when Days(filing, history.Filings[^1]) > DaysFromNoticeToDelisting:
                return (2, "no delisting followed within a year");
            default:
                return (happening.Kind.Severity, "");
        }
    }

    private static EventSignal Event(SupplierId supplier, FilingHistory history, InsolvencyProceeding course, DateTimeOffset observedAt)
    {
        string excerpt = string.Join("; ", course.Reports.Select(Words));
        InsolvencyStep last = course.Steps[^1];
        if (course.Reports.All(r => r.Accession != last.Accession)) excerpt = $"{excerpt}; {last.Words}: {Words(history.Filings.First(f => f.Accession == last.Accession))}";
        return new EventSignal
        {
            Supplier = supplier,
            Source = SecEdgarModule.Id,
            Name = "insolvency",
            Id = $"{CentralIndexKey.Pad(history.Cik)}-{course.First.Accession}",
            Story = Story(course),
            Type = UsBankruptcy.EventType,
            Title = $"Bankruptcy or receivership{Standing(course)}: {string.Join(", ", course.Steps.Select(s => $"{s.Words} {Dates.Text(s.On)}"))}",
            Stage = course.Stage,
            Severity = course.Stage == InsolvencyStage.Emerged ? 2 : 5,
            OccurredAt = Dates.Midnight(course.Since),
            ObservedAt = observedAt,
            Evidence = FilingEvidence.Of(history.Cik, last.Accession, excerpt, observedAt),
        };
    }

    /// <summary>The stage in words, where the steps do not say it already.</summary>
    private static string Standing(InsolvencyProceeding course) =>
        course.HasUnknownEnd ? ", no emergence reported" : course.Steps.Count > 1 ? $", {course.Stage}" : "";

    /// <summary>By the report's own date, which is that of the petition: courts' dockets tell the same story.</summary>
    private static string Story(InsolvencyProceeding course) => UsBankruptcy.Story((course.First.Period ?? course.First.FiledOn).Year);

    private static string Words(Filing filing) => string.Create(
        CultureInfo.InvariantCulture,
        $"{filing.Form}{(filing.Items.Count > 0 ? " items " + string.Join(", ", filing.Items) : "")}, filed {Dates.Text(filing.FiledOn)}{(filing.Period is { } period ? ", dated " + Dates.Text(period) : "")}, {filing.Accession}");

    private static int Days(Filing from, Filing to) => to.FiledOn.DayNumber - from.FiledOn.DayNumber;
}
