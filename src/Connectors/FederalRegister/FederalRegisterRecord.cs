using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.FederalRegister;

/// <summary>One document, in the upstream's field names. Text is trimmed, "" where there is none.</summary>
/// <param name="Excerpts">HTML: where the terms were found, marked with <c>span class="match"</c>.</param>
/// <param name="Agencies">Slugs, the parent's and the child's side by side.</param>
internal sealed partial record FederalRegisterRecord(string DocumentNumber, string Type, string Title, string PublicationDate, string HtmlUrl, string Excerpts, string Abstract, ImmutableArray<string> Agencies)
{
    /// <summary>The fields that are asked for, and those that come to whoever asks for none.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        document_number text
        type text
        title text
        publication_date text
        html_url text
        agencies array
        agencies[].raw_name text optional
        agencies[].name text optional
        agencies[].id number optional
        agencies[].url text optional
        agencies[].json_url text optional
        agencies[].parent_id number optional
        agencies[].slug text optional
        excerpts text
        abstract text
        pdf_url text optional
        public_inspection_pdf_url text optional
        """);

    public static FederalRegisterRecord Read(JsonElement document) => new(
        Text(document, "document_number"), Text(document, "type"), Text(document, "title"), Text(document, "publication_date"), Text(document, "html_url"), Text(document, "excerpts"), Text(document, "abstract"),
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty("agencies", out JsonElement agencies) && agencies.ValueKind == JsonValueKind.Array
            ? [.. agencies.EnumerateArray().Select(SlugOf).Where(slug => slug.Length > 0)] : []);

    /// <summary>Agencies that the register has no page for have a name only: "Office of Foreign Assets Control" is <c>foreign-assets-control-office</c>.</summary>
    private static string SlugOf(JsonElement agency)
    {
        if (Text(agency, "slug") is { Length: > 0 } slug) return slug;
        string[] words = NotInSlugs().Split(Text(agency, "raw_name").ToLowerInvariant()).Where(w => w.Length > 0).ToArray();
        bool isTurned = words.Length > 2 && words[1] == "of";
        return string.Join('-', isTurned ? words[2..].SkipWhile(w => w == "the").Append(words[0]) : words);
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInSlugs();

    private static string Text(JsonElement owner, string name) => BoundedJson.Text(owner, name).Trim();
}
