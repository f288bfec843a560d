using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Reads a supplier's profile and the newest page of its filing history; insolvency cases, charges and officers when one of them changed, and once a week.</summary>
internal sealed partial class CompaniesHouseConnector(CompaniesHouseOptions options) : IConnector
{
    private const long MaximumBytes = 8L << 20;
    private const int RowsPerPage = 100;
    private const int MostPages = 50;

    /// <summary>The most that upstream gives: of an ordinary company all it ever filed, of a busy one more than a year.</summary>
    private const int FilingsPerPage = 100;

    private const int UpdatesPerCheckpoint = 100;

    /// <summary>What is counted over the last year moves with time alone.</summary>
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromDays(7);

    private static readonly int[] Expected = [404];

    /// <summary>Some keys and mirrors do not have the officers: what is filed tells of them as well.</summary>
    private static readonly int[] ExpectedOfOfficers = [403, 404];

    private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal)
    {
        ["Authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(options.ApiKey + ":")),
    };

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CompaniesHouseCheckpoint checkpoint = CompaniesHouseCheckpoint.Read(context.Checkpoint);
        int done = 0;
        await foreach (SourceUpdate update in SupplierSweep.RunAsync(context, (supplier, token) => CheckAsync(context, checkpoint, supplier, token), cancellationToken).ConfigureAwait(false))
        {
            // Written with the data, and not for each company: it holds a line of all of them.
            bool isDue = ++done % UpdatesPerCheckpoint == 0 || done == context.Suppliers.Count;
            yield return isDue && update is SupplierUpdate ? update with { Checkpoint = checkpoint.Write() } : update;
        }
    }

    private async Task<SourceUpdate> CheckAsync(FetchContext context, CompaniesHouseCheckpoint checkpoint, Supplier supplier, CancellationToken cancellationToken)
    {
        string number = supplier.Identifier(IdentifierScheme.CompaniesHouse);
        if (!CompanyNumber().IsMatch(number))
            throw NotFound($"The companies_house of supplier '{supplier.Id}' is no company number: it has eight characters with leading zeros, for example 01234567 or SC123456. Correct it in the portfolio.");

        using var state = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        state.AppendData(Encoding.ASCII.GetBytes(number));
        ProfileRecord? profile = await GetAsync(context, number, "", (CompaniesHouseJson.Default.ProfileRecord, CompaniesHouseFormats.Profile), cancellationToken, state).ConfigureAwait(false);
        if (profile is null)
            throw NotFound($"Companies House knows no company {number} (supplier '{supplier.Id}'); look it up at https://find-and-update.company-information.service.gov.uk and correct companies_house in the portfolio.");
        if (profile.CompanyNumber != number) throw Malformed(number, "is about another company");
        // Of charities and registered societies the register has little more than the name: no status, which is not "active".
        if (string.IsNullOrEmpty(profile.CompanyStatus) && string.IsNullOrEmpty(profile.Type)) throw Malformed(number, "names no company_status");

        // The journal of everything else: a charge, a case and a director all begin with a filing.
        FilingHistoryRecord? filings = await GetAsync(context, number, string.Create(CultureInfo.InvariantCulture, $"/filing-history?items_per_page={FilingsPerPage}"), (CompaniesHouseJson.Default.FilingHistoryRecord, CompaniesHouseFormats.Filings), cancellationToken, state).ConfigureAwait(false);
        if (filings is { IsAvailable: true, Items: null }) throw Malformed(number, "has a filing history without items");
        string hash = Convert.ToHexStringLower(state.GetHashAndReset())[..16];
        if (checkpoint.Suppliers.GetValueOrDefault(supplier.Id.Value) is { } known && known.Hash == hash && context.ObservedAt - known.ReadAt < ReadAgainAfter && context.ObservedAt >= known.ReadAt)
            return new SupplierUpdate(supplier.Id) { Signals = [] };

        // For these, 404 means that there is none.
        InsolvencyRecord? insolvency = await GetAsync(context, number, "/insolvency", (CompaniesHouseJson.Default.InsolvencyRecord, CompaniesHouseFormats.Insolvency), cancellationToken).ConfigureAwait(false);
        ChargesRecord charges = await ReadChargesAsync(context, number, cancellationToken).ConfigureAwait(false);
        List<OfficerRecord>? officers = await ReadOfficersAsync(context, number, cancellationToken).ConfigureAwait(false);
        context.Audit.CountRead();
        ImmutableArray<Signal> signals = CompaniesHouseMapper.Map(supplier.Id, profile, insolvency, charges, filings is { IsAvailable: true } ? filings : null, officers, context.ObservedAt, context.Audit);
        checkpoint.Suppliers[supplier.Id.Value] = new CompanyState(hash, context.ObservedAt);
        return new SupplierUpdate(supplier.Id) { Signals = signals, Complete = true };
    }

    private async Task<ChargesRecord> ReadChargesAsync(FetchContext context, string number, CancellationToken cancellationToken)
    {
        var all = new List<ChargeRecord?>();
        for (int page = 0; page < MostPages; page++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/charges?items_per_page={RowsPerPage}&start_index={all.Count}");
            ChargesRecord? charges = await GetAsync(context, number, path, (CompaniesHouseJson.Default.ChargesRecord, CompaniesHouseFormats.Charges), cancellationToken).ConfigureAwait(false);
            if (charges is null && page == 0) return new ChargesRecord(0, 0, []);
            if (charges?.Items is not { } items) throw Malformed(number, "has charges without items");
            all.AddRange(items);
            if (items.Count == 0 || all.Count >= (charges.TotalCount ?? 0)) return charges with { Items = all };
        }

        throw Malformed(number, "has more pages of charges than are read");
    }

    /// <summary>Null when the register gives no list: refused, not there, or longer than is read.</summary>
    private async Task<List<OfficerRecord>?> ReadOfficersAsync(FetchContext context, string number, CancellationToken cancellationToken)
    {
        var all = new List<OfficerRecord?>();
        for (int page = 0; page < MostPages; page++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/officers?items_per_page={RowsPerPage}&start_index={all.Count}");
            OfficersRecord? officers = await GetAsync(context, number, path, (CompaniesHouseJson.Default.OfficersRecord, CompaniesHouseFormats.Officers), cancellationToken, expected: ExpectedOfOfficers).ConfigureAwait(false);
            if (officers is null && page == 0) return null;
            if (officers?.Items is not { } items) throw Malformed(number, "has officers without items");
            all.AddRange(items);
            if (items.Count == 0 || all.Count >= (officers.TotalResults ?? 0)) return [.. all.OfType<OfficerRecord>()];
        }

        return null;
    }

    /// <summary>Null when the upstream says that there is none: 404, or another status of <paramref name="expected"/>.</summary>
    private async Task<T?> GetAsync<T>(FetchContext context, string number, string path, (JsonTypeInfo<T> Type, RecordFormat Format) answerIs, CancellationToken cancellationToken, IncrementalHash? state = null, int[]? expected = null)
        where T : class
    {
        var url = new Uri($"https://api.company-information.service.gov.uk/company/{number}{path}");
        SourceResponse answer = await context.Http.GetAsync(url, MaximumBytes, cancellationToken, expected ?? Expected, headers).ConfigureAwait(false);
        if (answer.Status != 200) return null;
        state?.AppendData(answer.Body.Span);
        answerIs.Format.Check(answer.Body, context.Audit);
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, answerIs.Type) ?? throw Malformed(number, "is empty");
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
