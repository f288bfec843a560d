namespace Risk.Connectors.Sdk.News;

/// <summary>One article as a source tells of it, its text clean of markup.</summary>
/// <param name="Key">Stable over fetches; unlike for every other article of the source.</param>
/// <param name="Outlet">Domain of who published it, without <c>www.</c>; or "".</param>
/// <param name="PublishedAt">When it came out, or the first time it was seen.</param>
/// <param name="Language">ISO 639-1, or "" when not known.</param>
internal sealed record NewsArticle(string Key, string Title, string Summary, string Url, string Outlet, DateTimeOffset PublishedAt, string Language);
