using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.NewsRss;

/// <summary>Reads the workspace's list of feeds.</summary>
internal static class NewsFeedList
{
    private const long MaximumBytes = 1024 * 1024;

    private static readonly string[] Columns = ["url", "outlet", "language"];

    /// <summary>Rows that cannot be taken are counted in the audit.</summary>
    /// <exception cref="SourceFailureException">Misconfigured: no file, or no feed in it.</exception>
    public static IReadOnlyList<ListedFeed> Read(FetchContext context)
    {
        string path = Path.Combine(context.Workspace, NewsRssModule.File);
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > MaximumBytes) throw new SourceFailureException(FailureKind.Misconfigured, $"{NewsRssModule.File} is larger than 1 MB; it holds one row for each feed");
            ListedFeed[] feeds = [.. Rows(stream, context)];
            return feeds.Length > 0 ? feeds : throw new SourceFailureException(FailureKind.Misconfigured, $"{NewsRssModule.File} names no feed that can be read; write one https address a row in the column url");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceFailureException(FailureKind.Misconfigured, $"{NewsRssModule.File} cannot be opened in the workspace; put it back, or take the source out of Risk:Sources:Enabled", e);
        }
    }

    private static IEnumerable<ListedFeed> Rows(Stream stream, FetchContext context)
    {
        using var csv = new CsvRecords(stream, CsvFormat.ForPeople(stream), NewsRssModule.File);
        int[] columns = [.. Columns.Select(csv.IndexOf)];
        if (columns[0] < 0) throw new SourceFailureException(FailureKind.Misconfigured, $"{NewsRssModule.File}:1:1: there is no column url; the first row must name the columns {string.Join(", ", Columns)}.");
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (csv.Read())
        {
            string url = Text(0), outlet = Text(1), language = Text(2).ToLowerInvariant();
            if (!Uri.TryCreate(url.Replace(ListedFeed.Name, "name", StringComparison.Ordinal), UriKind.Absolute, out Uri? address) || address.Scheme != Uri.UriSchemeHttps || address.UserInfo.Length > 0 || url.IndexOf(ListedFeed.Name, StringComparison.Ordinal) is >= 0 and var at && at < address.GetLeftPart(UriPartial.Authority).Length)
                Reject(0, "url: is no https address; write it as in https://news.example.com/feed.xml");
            else if (outlet.Length > 0 && !DomainName.Check(outlet).IsValid) Reject(1, "outlet: is no domain; write it as in example.com, or leave it empty");
            else if (language.Length is not (0 or 2) || !language.All(char.IsAsciiLetterLower)) Reject(2, "language: is no code of two letters, as in en");
            else if (!known.Add(url)) Reject(0, "url: is in the list twice");
            else yield return new ListedFeed(url, outlet, language);
        }

        string Text(int index) => columns[index] < 0 ? "" : csv[columns[index]].Trim().ToString();

        void Reject(int column, string problem) => context.Audit.Reject(string.Create(CultureInfo.InvariantCulture, $"{NewsRssModule.File}:{csv.Line}:{csv.ColumnOf(columns[column])}"), problem);
    }
}
