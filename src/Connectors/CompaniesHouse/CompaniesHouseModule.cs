using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Companies House: status, lateness, insolvency cases, charges and filings of companies in the United Kingdom.</summary>
public sealed class CompaniesHouseModule : IIdentityRegister
{
    internal static readonly SourceId Id = new("companies-house");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Companies House public data",
        Publisher = "Companies House, United Kingdom",
        Terms = "Public register, free reuse; a free API key is needed, 600 requests in five minutes for each key",
        Homepage = "https://developer.company-information.service.gov.uk/",
        Cron = "0 10 6 * * ?",
        Cadence = TimeSpan.FromDays(1),
        // Two requests for a company that has not changed, five or more for one that has.
        Deadline = TimeSpan.FromHours(10),
        Limit = new HostLimit(["api.company-information.service.gov.uk"], "companies-house", 600, TimeSpan.FromMinutes(5)),
        NeedsIdentifier = IdentifierScheme.CompaniesHouse,
        NeedsKey = nameof(CompaniesHouseOptions.ApiKey),
        Facts =
        [
            Fact("registry_status", FactType.Text, "Status in the register: active, dissolved, liquidation, receivership, administration, voluntary-arrangement, insolvency-proceedings ..."),
            Fact("registry_status_detail", FactType.Text, "More about the status, such as active-proposal-to-strike-off, or \"\"."),
            Fact("accounts_overdue", FactType.Bool, "The accounts are late."),
            Fact("confirmation_overdue", FactType.Bool, "The confirmation statement (before 2016: the annual return) is late."),
            Fact("charges_outstanding", FactType.Int, "Charges over the company's assets that are not fully satisfied."),
            Fact("directors_left_12m", FactType.Int, "Directors (of a partnership: members) who left within a year, by the list of officers; where it is not given, by what was filed."),
            Fact("directors_joined_12m", FactType.Int, "Directors (of a partnership: members) who joined within a year, by the list of officers; where it is not given, by what was filed."),
            Fact("directors_in_office", FactType.Int, "Directors (of a partnership: members) in office, by the list of officers."),
        ],
        Feeds =
        [
            SharedFeeds.Insolvency,
            new FeedDefinition("charge", TimeSpan.FromDays(14), "A charge over the company's assets was registered."),
            new FeedDefinition("strike_off", TimeSpan.FromDays(14), "Attempts to strike the company off the register: one event for each, its stage (proposed, suspended, discontinued, dissolved) moving on."),
            new FeedDefinition("register_notice", TimeSpan.FromDays(14), "Filings at the company register that are news by themselves: auditor-resigned, accounts-period-extended."),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new CompaniesHouseConnector(CompaniesHouseOptions.Read(options));

    public string Scheme => IdentifierScheme.CompaniesHouse;

    public bool MayHold(Supplier supplier) => supplier.Country is "" or "GB";

    public IRegisterSearch Search(IConfigurationSection options, SourceHttp http) => new CompaniesHouseSearch(CompaniesHouseOptions.Read(options), http);

    private static FactDefinition Fact(string name, FactType type, string about) => new(name, type, TimeSpan.FromDays(14), about);
}
