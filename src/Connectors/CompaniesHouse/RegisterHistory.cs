using System.Collections.Immutable;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>One filing, or one notice of the registrar.</summary>
/// <param name="Description">A key of the register's enumeration.</param>
internal sealed record RegisterFiling(string Id, DateOnly On, string Type, string Category, string Description)
{
    public string Words => $"{RegisterDate.Text(On)} {Type} {Description}";

    public bool Says(string words) => Description.Contains(words, StringComparison.Ordinal);
}

/// <summary>One attempt to strike a company off, from its first notice to its end.</summary>
/// <param name="Steps">Oldest first, each stage as often as it was filed.</param>
internal sealed record StrikeOff(bool IsCompulsory, ImmutableArray<(string Stage, DateOnly On)> Steps, ImmutableArray<RegisterFiling> Filings)
{
    public DateOnly StartedOn => Steps[0].On;

    public string Stage => Steps[^1].Stage;
}

/// <summary>What the newest filings of a company tell, oldest first. Pure.</summary>
internal sealed class RegisterHistory
{
    /// <summary>A case stands in the register's list within weeks of its first filing.</summary>
    private const int DaysToBeListed = 180;

    private static readonly string[] CompulsoryFirst = ["gazette-notice-compulsory", "gazette-notice-compulsary"];

    /// <summary>Filings that open a case, and the register's own name for it; the first that fits counts.</summary>
    private static readonly (string Says, string Type)[] Openings =
    [
        ("declaration-of-solvency", "members-voluntary-liquidation"),
        ("in-administration-appointment-of-administrator", "in-administration"),
        ("appointment-of-administrator-northern-ireland", "in-administration"),
        ("appointmentt-of-administrator-northern-ireland", "in-administration"),
        ("notice-of-administration-order", "administration-order"),
        ("compulsory-winding-up-order", "compulsory-liquidation"),
        ("compulsory-notice-winding-up", "compulsory-liquidation"),
        ("court-order-winding-up", "compulsory-liquidation"),
        ("appointment-of-provisional-liquidator", "compulsory-liquidation"),
        ("appointment-provisional-liquidator", "compulsory-liquidation"),
        ("voluntary-statement-of-affairs", "creditors-voluntary-liquidation"),
        ("voluntary-appointment-of-liquidator", "creditors-voluntary-liquidation"),
        ("extraordinary-resolution-to-wind-up", "creditors-voluntary-liquidation"),
        ("creditors-voluntary-winding-up-scotland", "creditors-voluntary-liquidation"),
        ("appointment-of-liquidator-overseas", "foreign-insolvency"),
        ("liquidation-appointment-of-liquidator", "creditors-voluntary-liquidation"),
        ("insolvency-proceedings-limited-liability-partnership", "foreign-insolvency"),
        ("liquidation-insolvency-proceedings-overseas", "foreign-insolvency"),
        ("insolvency-judgement-overseas", "foreign-insolvency"),
        ("onset-of-insolvency-overseas", "foreign-insolvency"),
        ("winding-up-overseas", "foreign-insolvency"),
        ("proceedings-member-state", "foreign-insolvency"),
        ("order-of-court-restructuring-plan", "order-of-court-restructuring-plan"),
        ("meeting-approving-companies-voluntary-arrangement", "corporate-voluntary-arrangement"),
        ("meeting-approving-creditors-voluntary-arrangement", "corporate-voluntary-arrangement"),
        ("commencement-of-moratorium", "moratorium"),
        ("receiver-appointment-of-receiver", "receiver-manager"),
        ("appointment-of-receiver-northern-ireland", "receiver-manager"),
        ("appointment-receiver-northern-ireland", "receiver-manager"),
    ];

    private static readonly string[] Endings =
    [
        "gazette-dissolved-liquidation", "return-of-final-meeting", "return-final-meeting", "compulsory-completion", "early-completion", "completion-of-winding-up", "early-dissolution", "end-of-administration",
        "ending-administration", "automatic-end", "discharge-of-administration-order", "discharge-administration-order", "move-to-dissolution", "voluntary-arrangement-completion", "notice-completion",
        "completion-of-voluntary-arrangement", "revocation-or-suspension", "end-of-moratorium", "ending-of-moratorium", "cease-to-act-receiver", "ceasing-to-act-scotland", "termination-of-provisional-liquidator",
        "recall-provisional-liquidator", "to-rescind-winding-up", "to-stay-winding-up", "cessation-of-insolvency-proceedings",
    ];

    private readonly ImmutableArray<RegisterFiling> filings;

    private RegisterHistory(ImmutableArray<RegisterFiling> filings) => this.filings = filings;

    public DateOnly? OldestOn => filings.IsEmpty ? null : filings[0].On;

    public static RegisterHistory Read(string number, FilingHistoryRecord? history, FetchAudit audit)
    {
        var found = new List<RegisterFiling>();
        foreach (FilingRecord record in (history?.Items ?? []).OfType<FilingRecord>())
        {
            if (RegisterDate.Parse(record.Date) is not { } on) audit.Reject($"{number} {record.TransactionId}", "filing without a date");
            else if (string.IsNullOrEmpty(record.TransactionId)) audit.Reject($"{number} {RegisterDate.Text(on)}", "filing without a transaction_id");
            else found.Add(new RegisterFiling(record.TransactionId, on, record.Type ?? "", record.Category ?? "", record.Description ?? ""));
        }

        // Upstream has the newest first; of one day the first notice comes before what follows it.
        return new RegisterHistory([.. found.AsEnumerable().Reverse().OrderBy(f => f.On)]);
    }

    /// <summary>Directors of companies, members of partnerships; secretaries are left out. Forms before October 2009 say neither.</summary>
    public IEnumerable<RegisterFiling> DirectorChanges(bool leaving) =>
        filings.Where(f => leaving ? f.Type is "TM01" or "LLTM01" : f.Type is "AP01" or "AP02" or "LLAP01" or "LLAP02");

    public IEnumerable<StrikeOff> StrikeOffs()
    {
        var steps = new List<(string Stage, DateOnly On)>();
        var told = new List<RegisterFiling>();
        bool compulsory = false;
        foreach (RegisterFiling filing in filings)
        {
            if (StageOf(filing) is not { } stage) continue;
            // What went before the page's oldest filing has no beginning here.
            if (steps.Count == 0 && stage != "proposed") continue;
            if (steps.Count == 0) compulsory = CompulsoryFirst.Any(filing.Says);
            steps.Add((stage, filing.On));
            told.Add(filing);
            if (stage is not ("discontinued" or "dissolved")) continue;
            yield return new StrikeOff(compulsory, [.. steps], [.. told]);
            steps.Clear();
            told.Clear();
        }

        if (steps.Count > 0) yield return new StrikeOff(compulsory, [.. steps], [.. told]);
    }

    public IEnumerable<(RegisterFiling Filing, string Type, string Title, int Severity)> Notices()
    {
        foreach (RegisterFiling filing in filings)
        {
            if (filing.Says("auditors-resignation")) yield return (filing, "auditor-resigned", "The auditor resigned", 3);
            else if (filing.Says("change-account-reference-date") && filing.Says("-extended")) yield return (filing, "accounts-period-extended", "The accounting period was made longer, so that accounts are due later", 2);
        }
    }

    /// <summary>A case that is in the filings and not yet in the register's list of cases; null when there is none.</summary>
    /// <param name="dissolvedOn">When the company itself was dissolved, which ends every case.</param>
    public InsolvencyCase? UnlistedCase(IReadOnlyList<InsolvencyCase> listed, DateOnly? dissolvedOn)
    {
        List<(RegisterFiling Filing, string Type)> openings =
        [
            .. filings.Where(f => f.Category == "insolvency" || f.Says("liquidation-") || f.Says("restructuring-plan")).Select(f => (f, Array.Find(Openings, o => f.Says(o.Says)).Type)).Where(o => o.Type is not null)
                .Where(o => !listed.Any(c => c.StartedOn is not { } start || (Math.Abs(o.f.On.DayNumber - start.DayNumber) <= DaysToBeListed || (o.f.On >= start && (c.EndedOn is null ? !c.IsOutlived : o.f.On <= c.EndedOn))))),
        ];
        if (openings.Count == 0) return null;
        RegisterFiling first = openings[0].Filing;
        // The liquidator's appointment is filed beside what says whether all debts will be paid.
        string type = openings.Where(o => o.Filing.On.DayNumber - first.On.DayNumber <= DaysToBeListed).Select(o => o.Type).FirstOrDefault(t => t == "members-voluntary-liquidation") ?? openings[0].Type;
        DateOnly? ended = filings.LastOrDefault(f => f.On >= first.On && Endings.Any(f.Says))?.On ?? dissolvedOn;
        return new InsolvencyCase(type, $"filed-{RegisterDate.Text(first.On)}", first.On, ended, [.. openings.Select(o => (o.Filing.Description, o.Filing.On))]);
    }

    private static string? StageOf(RegisterFiling filing) => filing.Description switch
    {
        "gazette-notice-compulsory" or "gazette-notice-compulsary" or "gazette-notice-voluntary" => "proposed",
        "dissolved-compulsory-strike-off-suspended" or "dissolution-voluntary-strike-off-suspended" => "suspended",
        "gazette-filings-brought-up-to-date" or "dissolution-voluntary-strike-off-discontinued" => "discontinued",
        _ when filing.Says("dissolution-withdrawal-application-strike-off") => "discontinued",
        "gazette-dissolved-compulsory" or "gazette-dissolved-compulsary" or "gazette-dissolved-voluntary" => "dissolved",
        _ => null,
    };
}
