namespace Risk.Connectors.NewsRss;

/// <summary>One item as its feed has it.</summary>
/// <param name="Id">guid or Atom id; or "".</param>
/// <param name="Published">As written; "" when the feed does not say.</param>
/// <param name="Outlet">Address of who published it, where the feed collects others' articles; or "".</param>
/// <param name="OutletName">Its name, or "".</param>
internal sealed record NewsRssRecord(string Id, string Title, string Summary, string Link, string Published, string Outlet, string OutletName);

/// <summary>A feed that was read whole.</summary>
/// <param name="Title">Of the feed.</param>
/// <param name="Language">As the feed says, for example <c>en-us</c>; or "".</param>
internal sealed record NewsFeed(string Title, string Language, IReadOnlyList<NewsRssRecord> Items);

/// <summary>A feed of the workspace's list.</summary>
/// <param name="Url">May hold <c>{name}</c>, for which each supplier's name is put in.</param>
/// <param name="Outlet">Domain that its items count for; "" for the one in their links.</param>
/// <param name="Language">ISO 639-1; "" for what the feed says.</param>
internal sealed record ListedFeed(string Url, string Outlet, string Language)
{
    public const string Name = "{name}";

    public bool IsSearch => Url.Contains(Name, StringComparison.Ordinal);
}
