using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.RecallsUs;

/// <summary>One recall, in the upstream's field names. Text is trimmed, "" where there is none.</summary>
internal sealed record RecallsUsRecord(
    string RecallId, string RecallNumber, string RecallDate, string LastPublishDate, string Url, string Title, string Description, ImmutableArray<string> Manufacturers, ImmutableArray<string> Importers,
    ImmutableArray<string> Distributors, ImmutableArray<string> Retailers, ImmutableArray<string> Hazards, ImmutableArray<string> Injuries)
{
    public static readonly RecordFormat Format = RecordFormat.Of("""
        RecallID number|text
        RecallNumber text
        RecallDate text
        Description text
        URL text
        Title text
        ConsumerContact text optional
        LastPublishDate text
        Products array
        Products[].Name text optional
        Products[].Description text optional
        Products[].Model text optional
        Products[].Type text optional
        Products[].CategoryID text|number optional
        Products[].NumberOfUnits text optional
        Inconjunctions array optional
        Inconjunctions[].URL text optional
        Images array optional
        Images[].URL text optional
        Images[].Caption text optional
        Injuries array
        Injuries[].Name text
        Manufacturers array
        Manufacturers[].Name text
        Manufacturers[].CompanyID text|number optional
        Retailers array
        Retailers[].Name text
        Retailers[].CompanyID text|number optional
        Importers array
        Importers[].Name text
        Importers[].CompanyID text|number optional
        Distributors array
        Distributors[].Name text
        Distributors[].CompanyID text|number optional
        SoldAtLabel text optional
        ManufacturerCountries array optional
        ManufacturerCountries[].Country text optional
        ProductUPCs array optional
        ProductUPCs[].UPC text optional
        Hazards array
        Hazards[].Name text
        Hazards[].HazardType text optional
        Hazards[].HazardTypeID text|number optional
        Remedies array optional
        Remedies[].Name text optional
        RemedyOptions array optional
        RemedyOptions[].Option text optional
        """);

    public static RecallsUsRecord Read(JsonElement recall) => new(
        Text(recall, "RecallID"), Text(recall, "RecallNumber"), Text(recall, "RecallDate"), Text(recall, "LastPublishDate"), Text(recall, "URL"), HtmlText.Plain(Text(recall, "Title")), HtmlText.Plain(Text(recall, "Description")),
        Names(recall, "Manufacturers"), Names(recall, "Importers"), Names(recall, "Distributors"), Names(recall, "Retailers"), Names(recall, "Hazards"), Names(recall, "Injuries"));

    private static ImmutableArray<string> Names(JsonElement recall, string list) =>
        recall.ValueKind == JsonValueKind.Object && recall.TryGetProperty(list, out JsonElement items) && items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray().Select(item => HtmlText.Plain(Text(item, "Name"))).Where(name => name.Length > 0)] : [];

    private static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : BoundedJson.Text(owner, name).Trim();
}
