using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;

namespace Risk.Connectors.SecEdgar;

/// <summary>Evidence that links to a filing's index page.</summary>
internal static class FilingEvidence
{
    private const int MaximumExcerpt = 2000;

    // The hash is of what was read for the signal, not of the whole answer: a new filing elsewhere in the list must not look like a change of this signal.
    public static Evidence Of(long cik, string accession, string excerpt, DateTimeOffset fetchedAt) => new(
        Filing.IndexPage(cik, accession),
        excerpt.Length <= MaximumExcerpt ? excerpt : excerpt[..(MaximumExcerpt - 3)] + "...",
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))),
        fetchedAt);
}
