using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Turns what the register says of one company into facts and events. Pure.</summary>
internal static class CompaniesHouseMapper
{
    /// <summary>The two words of the register for a charge that is gone; <c>part-satisfied</c> is not.</summary>
    private static bool IsSatisfied(ChargeRecord charge) => charge.Status is "fully-satisfied" or "satisfied";

    private static string? DateOf(ChargeRecord charge) => charge.CreatedOn ?? charge.AcquiredOn ?? charge.CoveringInstrumentDate ?? charge.DeliveredOn;

    /// <param name="insolvency">Null: the company has no case.</param>
    /// <param name="charges">With the items of all pages.</param>
    /// <param name="filings">Null: the register has no history of the company.</param>
    /// <param name="officers">Null: the register gave no list of them.</param>
    public static ImmutableArray<Signal> Map(
        SupplierId supplier, ProfileRecord profile, InsolvencyRecord? insolvency, ChargesRecord charges, FilingHistoryRecord? filings, IReadOnlyList<OfficerRecord>? officers, DateTimeOffset observedAt,
        FetchAudit audit)
    {
        var company = new Company(supplier, profile.CompanyNumber!, observedAt);
        RegisterHistory history = RegisterHistory.Read(company.Number, filings, audit);
        InsolvencyCase[] cases = [.. (insolvency?.Cases ?? []).OfType<CaseRecord>().Select(record => InsolvencyCase.Read(record, DissolvedOn(profile)).In(profile.CompanyStatus, DateOnly.FromDateTime(observedAt.UtcDateTime)))];
        return
        [
            .. Facts(company, profile, charges),
            .. Directors(company, profile, officers, filings is null ? null : history, audit),
            .. cases.Select(found => Event(company, found)),
            .. history.UnlistedCase(cases, DissolvedOn(profile)) is { } unlisted ? [Event(company, unlisted, "filing-history")] : (EventSignal[])[],
            .. Charges(company, charges.Items ?? [], audit),
            .. history.StrikeOffs().Select(course => Event(company, course)),
            .. history.Notices().Select(notice => Event(company, notice)),
        ];
    }

    private static IEnumerable<FactSignal> Directors(Company company, ProfileRecord profile, IReadOnlyList<OfficerRecord>? officers, RegisterHistory? history, FetchAudit audit)
    {
        DateOnly today = DateOnly.FromDateTime(company.ObservedAt.UtcDateTime), created = RegisterDate.Parse(profile.DateOfCreation) ?? today;
        // A list without anybody is of a company whose officers the register keeps elsewhere (of some overseas companies) or not at all.
        if (officers is { Count: > 0 })
        {
            RegisterBoard board = RegisterBoard.Read(company.Number, officers, today, audit);
            foreach ((string name, string word, IReadOnlyList<DateOnly> days) in ((string, string, IReadOnlyList<DateOnly>)[])[("directors_left_12m", "left", board.Left), ("directors_joined_12m", "joined", board.Joined)])
            {
                DateOnly[] found = [.. days.Where(d => d > today.AddYears(-1))];
                string excerpt = $"{Counted(found.Length)} {word} within a year{(found.Length > 0 ? ": " + string.Join(", ", found.Select(RegisterDate.Text)) : "")}; {board.Serving} in office";
                yield return company.Fact(name, FactValue.Of(found.Length), found.Length > 0 ? found[^1] : created, excerpt, "/officers");
            }

            DateOnly since = board.Left.Concat(board.Joined).DefaultIfEmpty(created).Max();
            yield return company.Fact("directors_in_office", FactValue.Of(board.Serving), since, $"{Counted(board.Serving)} in office, the last change {RegisterDate.Text(since)}", "/officers");
        }
        else if (history is not null)
        {
            foreach ((string name, bool leaving) in ((string, bool)[])[("directors_left_12m", true), ("directors_joined_12m", false)])
            {
                List<RegisterFiling> found = [.. history.DirectorChanges(leaving).Where(f => f.On <= today && f.On > today.AddYears(-1))];
                string excerpt = $"{found.Count} filings within a year{(found.Count > 0 ? ": " + string.Join(", ", found.Select(f => $"{f.Type} {RegisterDate.Text(f.On)}")) : "")}; counted by filings, the register gave no list of officers";
                yield return company.Fact(name, FactValue.Of(found.Count), found.Count > 0 ? found.Max(f => f.On) : history.OldestOn, excerpt, "/filing-history");
            }
        }
    }

    private static string Counted(int directors) => directors == 1 ? "1 director" : $"{directors} directors";

    private static EventSignal Event(Company company, StrikeOff course) => new()
    {
        Supplier = company.Supplier,
        Source = CompaniesHouseModule.Id,
        Name = "strike_off",
        Id = $"{company.Number}-strike-off-{RegisterDate.Text(course.StartedOn)}",
        Story = $"{company.Number}-strike-off-{RegisterDate.Text(course.StartedOn)}",
        Type = course.IsCompulsory ? "compulsory" : "voluntary",
        Title = $"{(course.IsCompulsory ? "Compulsory" : "Voluntary")} strike-off: {string.Join(", ", course.Steps.Select(s => $"{s.Stage} {RegisterDate.Text(s.On)}"))}",
        Stage = course.Stage,
        Severity = course.Stage switch { "discontinued" => 1, "dissolved" => 4, _ => 3 },
        OccurredAt = RegisterDate.Midnight(course.StartedOn),
        ObservedAt = company.ObservedAt,
        Evidence = company.Prove("/filing-history", string.Join("; ", course.Filings.Select(f => f.Words))),
    };

    private static EventSignal Event(Company company, (RegisterFiling Filing, string Type, string Title, int Severity) notice) => new()
    {
        Supplier = company.Supplier,
        Source = CompaniesHouseModule.Id,
        Name = "register_notice",
        Id = $"{company.Number}-{notice.Filing.Id}",
        Type = notice.Type,
        Title = notice.Title,
        Severity = notice.Severity,
        OccurredAt = RegisterDate.Midnight(notice.Filing.On),
        ObservedAt = company.ObservedAt,
        Evidence = company.Prove("/filing-history", notice.Filing.Words),
    };

    private sealed record Company(SupplierId Supplier, string Number, DateTimeOffset ObservedAt)
    {
        private string Page => $"https://find-and-update.company-information.service.gov.uk/company/{Number}";

        public FactSignal Fact(string name, FactValue value, DateOnly? since, string excerpt, string page = "") => new()
        {
            Supplier = Supplier, Source = CompaniesHouseModule.Id, Name = name, Value = value, OccurredAt = At(since), ObservedAt = ObservedAt, Evidence = Prove(page, excerpt),
        };

        /// <summary>Midnight of the day; the run's day where the register states none.</summary>
        public DateTimeOffset At(DateOnly? day) => RegisterDate.Midnight(day ?? DateOnly.FromDateTime(ObservedAt.UtcDateTime));

        public Evidence Prove(string path, string excerpt) => new(Page + path, excerpt.Length <= 1000 ? excerpt : excerpt[..997] + "...", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), ObservedAt);
    }

    private static IEnumerable<FactSignal> Facts(Company company, ProfileRecord profile, ChargesRecord charges)
    {
        DateOnly? created = RegisterDate.Parse(profile.DateOfCreation), ceased = RegisterDate.Parse(profile.DateOfCessation);
        string detail = profile.CompanyStatusDetail ?? "";
        string told = $"{Clip(profile.CompanyName ?? "")} ({company.Number}): company_status {profile.CompanyStatus}{(detail.Length > 0 ? ", " + detail : "")}, created {Text(created)}, ceased {Text(ceased)}";
        if (profile.CompanyStatus is { Length: > 0 } status)
        {
            yield return company.Fact("registry_status", FactValue.Of(status), ceased ?? created, told);
            yield return company.Fact("registry_status_detail", FactValue.Of(detail), ceased ?? created, told);
        }

        // Old profiles and dissolved companies say nothing about lateness: then there is no fact, because silence is not "in time".
        if ((profile.Accounts?.Overdue ?? profile.Accounts?.NextAccounts?.Overdue) is { } late)
        {
            DateOnly? due = RegisterDate.Parse(profile.Accounts!.NextAccounts?.DueOn ?? profile.Accounts.NextDue);
            yield return company.Fact("accounts_overdue", FactValue.Of(late), late ? due ?? created : created, $"Accounts {(late ? "overdue" : "not overdue")}, next due {Text(due)}");
        }

        if ((profile.ConfirmationStatement ?? profile.AnnualReturn) is { Overdue: { } overdue } statement)
        {
            DateOnly? due = RegisterDate.Parse(statement.NextDue);
            string excerpt = $"{(profile.ConfirmationStatement is null ? "Annual return" : "Confirmation statement")} {(overdue ? "overdue" : "not overdue")}, "
                + $"last made up to {Text(RegisterDate.Parse(statement.LastMadeUpTo))}, next due {Text(due)}";
            yield return company.Fact("confirmation_overdue", FactValue.Of(overdue), overdue ? due ?? created : created, excerpt);
        }

        List<ChargeRecord> items = [.. (charges.Items ?? []).OfType<ChargeRecord>()];
        // The counts are over all charges; the items are counted where an answer has no counts.
        int outstanding = charges is { TotalCount: { } total, SatisfiedCount: { } satisfied } ? Math.Max(0, total - satisfied) : items.Count(c => !IsSatisfied(c));
        DateOnly? newest = items.Max(c => RegisterDate.Parse(c.SatisfiedOn ?? DateOf(c)));
        yield return company.Fact("charges_outstanding", FactValue.Of(outstanding), newest ?? created, $"{outstanding} of {charges.TotalCount ?? items.Count} charges not fully satisfied");
    }

    private static EventSignal Event(Company company, InsolvencyCase found, string page = "insolvency")
    {
        string dates = string.Join(", ", found.Dates.Select(d => $"{d.Type} {RegisterDate.Text(d.On)}"));
        string words = found.Type.Replace('-', ' ');
        string state = found.EndedOn is { } end ? $"concluded {RegisterDate.Text(end)}" : found.IsOutlived ? "no end stated, and the company is active" : "open";
        string dissolved = found.EndedOn is { } ended && found.Dates.All(d => d.On != ended) ? $"; company dissolved {RegisterDate.Text(ended)}" : "";
        string id = $"{company.Number}-{(found.Number.Length > 0 ? found.Number : found.Type)}";
        return new EventSignal
        {
            Supplier = company.Supplier,
            Source = CompaniesHouseModule.Id,
            Name = "insolvency",
            Id = id,
            Story = id,
            Type = found.Type,
            Title = $"{char.ToUpperInvariant(words[0])}{words[1..]}{(found.IsSolvent ? " (solvent)" : "")}, {state}{(found.StartedOn is null ? ", no date stated" : "")}",
            Stage = found.IsConcluded ? "concluded" : "filed",
            Severity = found.Severity,
            OccurredAt = company.At(found.StartedOn),
            ObservedAt = company.ObservedAt,
            Evidence = company.Prove("/" + page, $"Case {found.Number}: {found.Type}; {(dates.Length > 0 ? dates : "no dates")}{dissolved}"),
        };
    }

    private static IEnumerable<EventSignal> Charges(Company company, List<ChargeRecord?> charges, FetchAudit audit)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ChargeRecord charge in charges.OfType<ChargeRecord>())
        {
            string? id = charge.ChargeCode ?? charge.Links?.Self?.Split('/')[^1] ?? charge.ChargeNumber?.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (string.IsNullOrEmpty(id)) audit.Reject(company.Number, "charge without code, link and number");
            else if (RegisterDate.Parse(DateOf(charge)) is not { } on) audit.Reject($"{company.Number} {id}", "charge without a date");
            else if (seen.Add(id)) yield return Event(company, charge, id, on);
        }
    }

    private static EventSignal Event(Company company, ChargeRecord charge, string id, DateOnly on)
    {
        string status = charge.Status ?? "status not stated";
        string satisfied = RegisterDate.Parse(charge.SatisfiedOn) is { } day ? $", satisfied {RegisterDate.Text(day)}" : "";
        string lender = charge.PersonsEntitled?.FirstOrDefault()?.Name is { Length: > 0 } name ? $" in favour of {Clip(name)}" : "";
        return new EventSignal
        {
            Supplier = company.Supplier,
            Source = CompaniesHouseModule.Id,
            Name = "charge",
            Id = $"{company.Number}-{id}",
            Type = "charge",
            Title = $"Charge registered{lender}: {status}",
            Stage = IsSatisfied(charge) ? "satisfied" : "outstanding",
            Severity = 2,
            OccurredAt = RegisterDate.Midnight(on),
            ObservedAt = company.ObservedAt,
            Evidence = company.Prove("/charges", $"{Clip(charge.Classification?.Description ?? "Charge")} {id}, created {RegisterDate.Text(on)}, {status}{satisfied}"),
        };
    }

    private static DateOnly? DissolvedOn(ProfileRecord profile) => profile.CompanyStatus == "dissolved" ? RegisterDate.Parse(profile.DateOfCessation) : null;

    private static string Text(DateOnly? date) => date is { } day ? RegisterDate.Text(day) : "not stated";

    private static string Clip(string text) => text.Length <= 200 ? text : text[..200];
}
