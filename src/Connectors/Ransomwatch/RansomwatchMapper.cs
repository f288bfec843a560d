using Risk.Connectors.Sdk.Claims;

namespace Risk.Connectors.Ransomwatch;

internal static class RansomwatchMapper
{
    /// <param name="problem">Why nobody can be found in the heading, or "".</param>
    public static RansomwareClaim? Map(RansomwatchRecord record, out string problem)
    {
        ClaimTitle title = ClaimTitle.Read(record.PostTitle);
        problem = title.Problem;
        return problem.Length > 0 ? null : new RansomwareClaim(record.GroupName, record.PostTitle, title, title.Domain, "", record.Discovered, "https://github.com/joshhighet/ransomwatch");
    }
}
