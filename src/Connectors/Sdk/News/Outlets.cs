using System.Text.RegularExpressions;

namespace Risk.Connectors.Sdk.News;

/// <summary>Who stands behind an outlet. Read from <c>Data/outlet-owners.txt</c>; safe for all threads.</summary>
internal static class Outlets
{
    /// <summary>Second labels under which others register: <c>bbc.co.uk</c>, <c>smh.com.au</c>.</summary>
    private static readonly string[] SharedLabels = ["co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go", "gob", "gouv"];

    private static readonly (string Owner, Regex Domain)[] Owners =
    [
        .. from line in NewsData.Read("outlet-owners.txt")
           from domain in line.Items.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           select (line.Head, new Regex($@"\A{Regex.Escape(domain).Replace(@"\*", "[a-z0-9-]*", StringComparison.Ordinal)}\z", RegexOptions.CultureInvariant)),
    ];

    /// <summary>The domain that somebody registered: <c>edition.cnn.com</c> is <c>cnn.com</c>.</summary>
    public static string RegisteredDomain(string host)
    {
        string[] labels = host.ToLowerInvariant().TrimEnd('.').Split('.');
        int kept = labels.Length > 2 && labels[^1].Length == 2 && SharedLabels.Contains(labels[^2]) ? 3 : 2;
        return string.Join('.', labels.TakeLast(kept));
    }

    /// <summary>The group that an outlet belongs to; its registered domain when no group is known.</summary>
    public static string OwnerOf(string host)
    {
        string whole = host.ToLowerInvariant(), domain = RegisteredDomain(host);
        foreach ((string owner, Regex pattern) in Owners)
        {
            if (pattern.IsMatch(whole) || pattern.IsMatch(domain)) return owner;
        }

        return domain;
    }
}
