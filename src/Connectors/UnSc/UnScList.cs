using System.Globalization;
using System.Xml.Linq;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UnSc;

/// <summary>The file: CONSOLIDATED_LIST with INDIVIDUALS and ENTITIES.</summary>
internal sealed class UnScList(FetchAudit audit)
{
    private static readonly string[] NameParts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];

    private static readonly RecordFormat Individual = RecordFormat.Of("""
        DATAID any
        VERSIONNUM any
        FIRST_NAME any
        SECOND_NAME any optional
        THIRD_NAME any optional
        FOURTH_NAME any optional
        UN_LIST_TYPE any
        REFERENCE_NUMBER any
        LISTED_ON any
        GENDER any optional
        SUBMITTED_BY any optional
        NAME_ORIGINAL_SCRIPT any optional
        COMMENTS1 any optional
        TITLE any optional
        TITLE.VALUE any optional
        DESIGNATION any optional
        DESIGNATION.VALUE any optional
        NATIONALITY any optional
        NATIONALITY.VALUE any optional
        NATIONALITY2 any optional
        LIST_TYPE any
        LIST_TYPE.VALUE any optional
        LAST_DAY_UPDATED any optional
        LAST_DAY_UPDATED.VALUE any optional
        INDIVIDUAL_ALIAS any optional
        INDIVIDUAL_ALIAS.QUALITY any optional
        INDIVIDUAL_ALIAS.ALIAS_NAME any optional
        INDIVIDUAL_ALIAS.DATE_OF_BIRTH any optional
        INDIVIDUAL_ALIAS.CITY_OF_BIRTH any optional
        INDIVIDUAL_ALIAS.COUNTRY_OF_BIRTH any optional
        INDIVIDUAL_ALIAS.NOTE any optional
        INDIVIDUAL_ADDRESS any optional
        INDIVIDUAL_ADDRESS.STREET any optional
        INDIVIDUAL_ADDRESS.CITY any optional
        INDIVIDUAL_ADDRESS.STATE_PROVINCE any optional
        INDIVIDUAL_ADDRESS.ZIP_CODE any optional
        INDIVIDUAL_ADDRESS.COUNTRY any optional
        INDIVIDUAL_ADDRESS.NOTE any optional
        INDIVIDUAL_DATE_OF_BIRTH any optional
        INDIVIDUAL_PLACE_OF_BIRTH any optional
        INDIVIDUAL_DOCUMENT any optional
        SORT_KEY any optional
        SORT_KEY_LAST_MOD any optional
        DELISTED_ON any optional
        """);

    private static readonly RecordFormat Entity = RecordFormat.Of("""
        DATAID any
        VERSIONNUM any
        FIRST_NAME any
        UN_LIST_TYPE any
        REFERENCE_NUMBER any
        LISTED_ON any optional
        SUBMITTED_ON any optional
        NAME_ORIGINAL_SCRIPT any optional
        COMMENTS1 any optional
        LIST_TYPE any
        LIST_TYPE.VALUE any optional
        LAST_DAY_UPDATED any optional
        LAST_DAY_UPDATED.VALUE any optional
        ENTITY_ALIAS any optional
        ENTITY_ALIAS.QUALITY any optional
        ENTITY_ALIAS.ALIAS_NAME any optional
        ENTITY_ALIAS.NOTE any optional
        ENTITY_ADDRESS any optional
        ENTITY_ADDRESS.STREET any optional
        ENTITY_ADDRESS.CITY any optional
        ENTITY_ADDRESS.STATE_PROVINCE any optional
        ENTITY_ADDRESS.ZIP_CODE any optional
        ENTITY_ADDRESS.COUNTRY any optional
        ENTITY_ADDRESS.NOTE any optional
        SORT_KEY any optional
        SORT_KEY_LAST_MOD any optional
        DELISTED_ON any optional
        """);

    private readonly Dictionary<string, UnScRecord> records = new(StringComparer.Ordinal);

    /// <summary>When the file was made. It changes with every download and is no version, but never goes back.</summary>
    public DateTimeOffset? GeneratedAt { get; private set; }

    public IReadOnlyCollection<UnScRecord> Records => records.Values;

    /// <summary>Reads the file; gives the number of entries.</summary>
    /// <exception cref="SourceFailureException">Not the documented format, or one of the two halves is missing.</exception>
    public long Read(Snapshot part)
    {
        using XmlRecords xml = XmlRecords.Open(part.File, "CONSOLIDATED_LIST", part.Part);
        GeneratedAt = DateTimeOffset.TryParse(xml.Root.Attribute("dateGenerated")?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
            ? at
            : throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} does not say when it was generated.");
        var rows = new ListRows(audit, "entries");
        while (xml.Next("INDIVIDUAL", "ENTITY") is { } element)
        {
            (element.Name.LocalName == "ENTITY" ? Entity : Individual).Check(element, audit);
            UnScRecord record = Record(element);
            string? problem = record.DataId.Length == 0 ? "no DATAID" : record.Name.Length == 0 ? "no name" : records.TryAdd(record.DataId, record) ? null : "DATAID is there twice";
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"entry {rows.Count + 1} ({record.DataId})"), problem);
        }

        long count = rows.Whole();
        if (records.Values.All(r => r.IsIndividual) || !records.Values.Any(r => r.IsIndividual))
            throw new SourceFailureException(FailureKind.SentinelMissing, "has no individuals or no entities, and the list has both");
        return count;
    }

    private static UnScRecord Record(XElement element)
    {
        bool isIndividual = element.Name.LocalName == "INDIVIDUAL";
        string kind = element.Name.LocalName;
        return new UnScRecord(
            Text(element, "DATAID"),
            Text(element, "REFERENCE_NUMBER"),
            isIndividual,
            string.Join(' ', NameParts.Select(p => Text(element, p)).Where(p => p.Length > 0)),
            Text(element, "NAME_ORIGINAL_SCRIPT"),
            Text(element, "UN_LIST_TYPE"),
            Text(element, "LISTED_ON"),
            Text(element, "COMMENTS1"),
            string.Join("; ", element.Elements(kind + "_ADDRESS").Select(a => Text(a, "NOTE")).Where(n => n.Length > 0)),
            // Aliases without a name are placeholders and common.
            [.. element.Elements(kind + "_ALIAS").Select(a => new UnScAlias(Text(a, "ALIAS_NAME"), Text(a, "QUALITY"))).Where(a => a.Name.Length > 0)],
            [
                .. element.Elements(kind + "_ADDRESS").Select(a => Text(a, "COUNTRY")).Concat(element.Elements("NATIONALITY").Elements("VALUE").Select(v => v.Value.Trim()))
                    .Where(c => c.Length > 0),
            ]);
    }

    /// <summary>The child's text; values carry stray spaces.</summary>
    private static string Text(XElement element, string child) => element.Element(child)?.Value.Trim() ?? "";
}
