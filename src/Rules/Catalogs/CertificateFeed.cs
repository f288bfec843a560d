namespace Risk.Rules.Catalogs;

/// <summary>
/// Certificates travel as events of one feed: id is the certificate (<c>iso27001</c>), occurred-at its issue, due its end, title its scope. Rules see them as the map
/// <c>certs</c> (RULES.md 4.3), with the feed's freshness.
/// </summary>
public static class CertificateFeed
{
    public const string Name = "certificate";

    /// <summary>The path of the feed in the catalog.</summary>
    public const string Path = "events." + Name;

    /// <summary>The variable that rules name, and what missing certificates are called.</summary>
    public const string Variable = "certs";

    public static readonly FeedDefinition Definition = new(Name, TimeSpan.FromDays(35), "Certificates that suppliers hold; rules read them as certs[\"iso27001\"]");
}
