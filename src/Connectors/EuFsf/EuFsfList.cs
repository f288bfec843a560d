using System.Globalization;
using System.Xml.Linq;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.EuFsf;

/// <summary>The file: export with sanctionEntity elements whose data is in attributes.</summary>
internal sealed class EuFsfList(FetchAudit audit)
{
    private readonly Dictionary<string, EuFsfRecord> records = new(StringComparer.Ordinal);

    public DateTimeOffset? GeneratedAt { get; private set; }

    public IReadOnlyCollection<EuFsfRecord> Records => records.Values;

    /// <summary>Reads the file; gives the number of entries.</summary>
    /// <exception cref="SourceFailureException">Not the documented format.</exception>
    public long Read(Snapshot part)
    {
        using XmlRecords xml = XmlRecords.Open(part.File, "export", part.Part);
        GeneratedAt = DateTimeOffset.TryParse(Text(xml.Root, "generationDate"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
            ? at
            : throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} does not say when it was generated.");
        var rows = new ListRows(audit, "entries");
        while (xml.Next("sanctionEntity") is { } element)
        {
            EuFsfFormat.Entry.Check(element, audit);
            EuFsfRecord record = Record(element);
            string? problem = record.Key.Length == 0 ? "no euReferenceNumber" : record.SubjectType.Length == 0 ? "no subjectType" : record.Names.IsEmpty ? "no name" : null;
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"entry {rows.Count + 1} ({record.Key})"), problem);
            if (problem is null) records[record.Key] = records.TryGetValue(record.Key, out EuFsfRecord? known) ? known.With(record) : record;
        }

        return rows.Whole();
    }

    private static EuFsfRecord Record(XElement element) => new(
        Text(element, "euReferenceNumber"),
        Text(element, "logicalId"),
        element.Element("subjectType") is { } type ? Text(type, "code") : "",
        Text(element, "designationDate"),
        [.. element.Elements("regulation").Select(r => Text(r, "programme")).Where(p => p.Length > 0).Distinct(StringComparer.Ordinal)],
        [.. element.Elements("nameAlias").Select(n => new EuFsfName(Text(n, "wholeName"), Text(n, "strong") != "false", Text(n, "nameLanguage"))).Where(n => n.WholeName.Length > 0)],
        [.. element.Elements("address").Concat(element.Elements("citizenship")).Select(c => Text(c, "countryIso2Code")).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal)],
        [.. element.Elements("identification").Select(i => new EuFsfNumber(Text(i, "identificationTypeCode"), Text(i, "number"), Text(i, "countryIso2Code"))).Where(n => n.Number.Length > 0).Distinct()],
        string.Join("; ", element.Elements("remark").Select(r => r.Value.Trim())));

    private static string Text(XElement element, string attribute) => element.Attribute(attribute)?.Value.Trim() ?? "";
}
