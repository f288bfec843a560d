using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Reads a supplier's profile, insolvency cases and charges.</summary>
internal sealed partial class CompaniesHouseConnector(CompaniesHouseOptions options) : IConnector
{
    private const long MaximumBytes = 8L << 20;
    private const int ChargesPerPage = 100;
    private const int MostChargePages = 50;

    private static readonly int[] Expected = [404];

    private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal)
    {
        ["Authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(options.ApiKey + ":")),
    };

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) =>
        SupplierSweep.RunAsync(context, (supplier, token) => CheckAsync(context, supplier, token), cancellationToken);

    private async Task<SourceUpdate> CheckAsync(FetchContext context, Supplier supplier, CancellationToken cancellationToken)
    {
        string number = supplier.Identifier(IdentifierScheme.CompaniesHouse);
        if (!CompanyNumber().IsMatch(number))
            throw NotFound($"The companies_house of supplier '{supplier.Id}' is no company number: it has eight characters with leading zeros, for example 01234567 or SC123456. Correct it in the portfolio.");

        ProfileRecord? profile = await GetAsync(context, number, "", CompaniesHouseJson.Default.ProfileRecord, cancellationToken).ConfigureAwait(false);
        if (profile is null)
            throw NotFound($"Companies House knows no company {number} (supplier '{supplier.Id}'); look it up at https://find-and-update.company-information.service.gov.uk and correct companies_house in the portfolio.");
        if (profile.CompanyNumber != number) throw Malformed(number, "is about another company");
        if (profile.CompanyStatus is not { Length: > 0 }) throw Malformed(number, "names no company_status");

        // For both, 404 means that there is none.
        InsolvencyRecord? insolvency = await GetAsync(context, number, "/insolvency", CompaniesHouseJson.Default.InsolvencyRecord, cancellationToken).ConfigureAwait(false);
        ChargesRecord charges = await ReadChargesAsync(context, number, cancellationToken).ConfigureAwait(false);
        context.Audit.CountRead();
        ImmutableArray<Signal> signals = CompaniesHouseMapper.Map(supplier.Id, profile, insolvency, charges, context.ObservedAt, context.Audit);
        return new SupplierUpdate(supplier.Id) { Signals = signals, Complete = true };
    }

    private async Task<ChargesRecord> ReadChargesAsync(FetchContext context, string number, CancellationToken cancellationToken)
    {
        var all = new List<ChargeRecord?>();
        for (int page = 0; page < MostChargePages; page++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/charges?items_per_page={ChargesPerPage}&start_index={all.Count}");
            ChargesRecord? charges = await GetAsync(context, number, path, CompaniesHouseJson.Default.ChargesRecord, cancellationToken).ConfigureAwait(false);
            if (charges is null && page == 0) return new ChargesRecord(0, 0, []);
            if (charges?.Items is not { } items) throw Malformed(number, "has charges without items");
            all.AddRange(items);
            if (items.Count == 0 || all.Count >= (charges.TotalCount ?? 0)) return charges with { Items = all };
        }

        throw Malformed(number, "has more pages of charges than are read");
    }

    /// <summary>Null when the upstream says 404.</summary>
    private async Task<T?> GetAsync<T>(FetchContext context, string number, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var url = new Uri($"https://api.company-information.service.gov.uk/company/{number}{path}");
        SourceResponse answer = await context.Http.GetAsync(url, MaximumBytes, cancellationToken, Expected, headers).ConfigureAwait(false);
        if (answer.Status == 404) return null;
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw Malformed(number, "is empty");
        }
        catch (JsonException error)
        {
            throw Malformed(number, "is not the expected JSON", error);
        }
    }

    private static SourceFailureException NotFound(string message) => new(FailureKind.NotFound, message);

    private static SourceFailureException Malformed(string number, string what, Exception? inner = null) =>
        new(FailureKind.Malformed, $"The Companies House answer for {number} {what}; nothing of it was kept, the next run tries again.", inner);

    [GeneratedRegex(@"\A[A-Z0-9]{8}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CompanyNumber();
}
