using Risk.Connectors.Sdk.Claims;

namespace Risk.Connectors.RansomwareLive;

internal static class RansomwareLiveMapper
{
    /// <param name="problem">Why nobody can be found in the claim, or "".</param>
    public static RansomwareClaim? Map(RansomwareLiveRecord record, out string problem)
    {
        ClaimTitle title = ClaimTitle.Read(record.Victim);
        string domain = ClaimTitle.DomainOf(record.Website) is { Length: > 0 } website ? website : title.Domain;

        // A name that is cut off or masked may still have its website beside it.
        if (title.Problem.Length > 0 && domain.Length > 0) title = new ClaimTitle([domain], domain, "");
        problem = title.Problem;
        return problem.Length > 0 ? null : new RansomwareClaim(
            record.Group, record.Victim, title, domain, record.Country, record.Published, "https://www.ransomware.live/group/" + Uri.EscapeDataString(record.Group));
    }
}
