using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;

namespace Risk.Connectors.SecEdgar;

/// <summary>Evidence that links to a filing's index page.</summary>
internal static class FilingEvidence
{
    private const int MaximumExcerpt = 2000;

    // The hash is of what was read for the signal, not of the whole answer: a new filing elsewhere in the list must not look like a change of this signal.
    public static Evidence Of(long cik, string accession, string excerpt, DateTimeOffset fetchedAt) => At(Filing.IndexPage(cik, accession), excerpt, fetchedAt);

    /// <summary>Links to the company's page.</summary>
    public static Evidence OfProfile(long cik, string excerpt, DateTimeOffset fetchedAt) => At($"https://www.sec.gov/edgar/browse/?CIK={CentralIndexKey.Pad(cik)}", excerpt, fetchedAt);

    private static Evidence At(string url, string excerpt, DateTimeOffset fetchedAt) => new(
        url,
        excerpt.Length <= MaximumExcerpt ? excerpt : excerpt[..(MaximumExcerpt - 3)] + "...",
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))),
        fetchedAt);
}
