using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Risk.Worker.Portfolio;

/// <summary>The columns that the portfolio file may have, and the names of all others.</summary>
internal static class PortfolioColumn
{
    public const string Id = "id", Name = "name", Aliases = "aliases", Country = "country", Tier = "tier", Criticality = "criticality", Category = "category", Owner = "owner",
        BackupOwner = "backup_owner", AnnualSpend = "annual_spend", Currency = "currency", SingleSource = "single_source", StatusPage = "status_page", Products = "products", Tags = "tags",
        ContractId = "contract_id", ContractEnd = "contract_end", NoticeDays = "notice_days", AutoRenew = "auto_renew", RenewalDecision = "renewal_decision", AnnualValue = "annual_value",
        LiabilityCap = "liability_cap", SlaUptime = "sla_uptime", HasDpa = "has_dpa", HasExitPlan = "has_exit_plan", Region = "region", Onboarded = "onboarded", ProcessesPersonalData = "processes_personal_data";

    /// <summary>Said by the monitor, not by the file: it would hide what rules read as <c>supplier.status</c>.</summary>
    public const string Status = "status";

    /// <summary>Columns whose names are those of the identifier schemes.</summary>
    public static readonly string[] Identifiers =
    [
        Rules.Suppliers.IdentifierScheme.Lei, Rules.Suppliers.IdentifierScheme.Cik, Rules.Suppliers.IdentifierScheme.Ticker, Rules.Suppliers.IdentifierScheme.Duns,
        Rules.Suppliers.IdentifierScheme.Uei, Rules.Suppliers.IdentifierScheme.Vat, Rules.Suppliers.IdentifierScheme.CompaniesHouse, Rules.Suppliers.IdentifierScheme.Domain,
    ];

    public static readonly string[] Contract =
        [ContractEnd, NoticeDays, AutoRenew, RenewalDecision, AnnualValue, LiabilityCap, SlaUptime, HasDpa, HasExitPlan];

    public static readonly FrozenSet<string> Known = new[]
    {
        Id, Name, Aliases, Country, Tier, Criticality, Category, Owner, BackupOwner, AnnualSpend, Currency, SingleSource, StatusPage, Products, Tags, Region, Onboarded, ProcessesPersonalData, ContractId,
    }.Concat(Identifiers).Concat(Contract).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Lower snake case, so that rules can name it: <c>Backup Owner</c> and <c>BackupOwner</c> are <c>backup_owner</c>; accents go, other signs become <c>_</c>.</summary>
    public static string Normalise(string title)
    {
        var name = new StringBuilder(title.Length + 4);
        char before = ' ';
        foreach (char c in title.Trim().Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            bool word = char.IsAsciiLetterOrDigit(c);
            if (name.Length > 0 && name[^1] != '_' && (!word || (char.IsAsciiLetterUpper(c) && (char.IsAsciiLetterLower(before) || char.IsAsciiDigit(before))))) name.Append('_');
            if (word) name.Append(char.ToLowerInvariant(c));
            before = c;
        }

        while (name.Length > 0 && name[^1] == '_') name.Length--;
        if (name.Length > 0 && char.IsAsciiDigit(name[0])) name.Insert(0, '_');
        return name.ToString();
    }
}
