using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.FederalRegister;

/// <summary>One document, in the upstream's field names. Text is trimmed, "" where there is none.</summary>
/// <param name="Excerpts">HTML: where the terms were found, marked with <c>span class="match"</c>.</param>
/// <param name="Agencies">Slugs, the parent's and the child's side by side.</param>
internal sealed record FederalRegisterRecord(string DocumentNumber, string Type, string Title, string PublicationDate, string HtmlUrl, string Excerpts, ImmutableArray<string> Agencies)
{
    public static FederalRegisterRecord Read(JsonElement document) => new(
        Text(document, "document_number"), Text(document, "type"), Text(document, "title"), Text(document, "publication_date"), Text(document, "html_url"), Text(document, "excerpts"),
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty("agencies", out JsonElement agencies) && agencies.ValueKind == JsonValueKind.Array
            ? [.. agencies.EnumerateArray().Select(a => Text(a, "slug")).Where(slug => slug.Length > 0)] : []);

    private static string Text(JsonElement owner, string name) => BoundedJson.Text(owner, name).Trim();
}
