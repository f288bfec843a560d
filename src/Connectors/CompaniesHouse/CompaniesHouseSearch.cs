using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Finds companies by name in the register's search.</summary>
internal sealed class CompaniesHouseSearch(CompaniesHouseOptions options, SourceHttp http) : IRegisterSearch
{
    private const long MaximumBytes = 4L << 20;
    private const int Items = 20;
    private const int LongestQuestion = 160;

    private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal)
    {
        ["Authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(options.ApiKey + ":")),
    };

    public async Task<ImmutableArray<RegisteredEntity>> FindAsync(Supplier supplier, CancellationToken cancellationToken)
    {
        string asked = supplier.Name.Length <= LongestQuestion ? supplier.Name : supplier.Name[..LongestQuestion];
        var url = new Uri(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"https://api.company-information.service.gov.uk/search/companies?q={Uri.EscapeDataString(asked)}&items_per_page={Items}"));
        SourceResponse answer = await http.GetAsync(url, MaximumBytes, cancellationToken, headers: headers).ConfigureAwait(false);
        try
        {
            SearchRecord found = JsonSerializer.Deserialize(answer.Body.Span, CompaniesHouseJson.Default.SearchRecord) ?? throw Malformed(asked, "is empty");
            // An item without a title or number cannot be compared; upstream has such items.
            return found.Items is { } items ? [.. items.OfType<SearchItemRecord>().Select(CompaniesHouseEntityMapper.Map).OfType<RegisteredEntity>()] : throw Malformed(asked, "has no items");
        }
        catch (JsonException error)
        {
            throw Malformed(asked, "is not the expected JSON", error);
        }
    }

    private static SourceFailureException Malformed(string asked, string what, Exception? inner = null) => new(FailureKind.Malformed, $"The Companies House answer for '{asked}' {what}.", inner);
}
