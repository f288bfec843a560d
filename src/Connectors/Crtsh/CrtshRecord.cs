using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Crtsh;

/// <summary>One log entry.</summary>
/// <param name="Names">Host names in lower case, of name_value and common_name; organisation names among them are left in, they match no domain.</param>
/// <param name="Identity">The same for a precertificate and its certificate: issuer and serial number; issuer, names and validity where no serial number is given.</param>
internal sealed partial record CrtshRecord(ImmutableArray<string> Names, string Identity, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>Fields by the format of each time: until 2019 <c>min_cert_id</c>, at first without <c>not_after</c>; until 2020 without <c>serial_number</c> and <c>common_name</c>.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        issuer_ca_id number
        issuer_name text
        common_name text optional
        name_value text
        id number optional
        entry_timestamp text optional
        not_before text
        not_after text
        serial_number text optional
        result_count number optional
        min_cert_id number optional
        min_entry_timestamp text optional
        """);

    /// <summary>Reads an entry; the problem says which field is wrong.</summary>
    public static bool TryRead(JsonElement entry, out string key, [NotNullWhen(true)] out CrtshRecord? record, out string problem)
    {
        try
        {
            return TryReadText(entry, out key, out record, out problem);
        }
        catch (SourceFailureException halfCharacter)
        {
            (key, record, problem) = (Key(entry), null, halfCharacter.Message.TrimEnd('.'));
            return false;
        }
    }

    private static bool TryReadText(JsonElement entry, out string key, [NotNullWhen(true)] out CrtshRecord? record, out string problem)
    {
        record = null;
        problem = "";
        key = Key(entry);
        string serial = BoundedJson.Text(entry, "serial_number").Trim().ToLowerInvariant();
        string issuer = BoundedJson.Text(entry, "issuer_name").Trim();
        string[] names =
        [
            .. BoundedJson.Text(entry, "name_value").Split('\n').Append(BoundedJson.Text(entry, "common_name"))
                .Select(name => name.Trim().TrimEnd('.').ToLowerInvariant()).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal),
        ];
        if (entry.ValueKind != JsonValueKind.Object) problem = "is no object";
        else if (names.Length == 0) problem = "no name_value";
        else if (Observation.Instant(BoundedJson.Text(entry, "not_before")) is not { } notBefore) problem = "not_before is no time";
        else if (Observation.Instant(BoundedJson.Text(entry, "not_after")) is not { } notAfter) problem = "not_after is no time";
        else record = new CrtshRecord(
            [.. names], serial.Length > 0 ? $"{issuer} {serial}" : string.Create(CultureInfo.InvariantCulture, $"{issuer} {string.Join(' ', names.Order(StringComparer.Ordinal))} {notBefore:s} {notAfter:s}"),
            Organisation(issuer), notBefore, notAfter);
        return record is not null;
    }

    /// <summary>Whether it is for the domain or a name below it.</summary>
    public bool IsBelow(string domain) => Names.Any(name => name == domain || (name.EndsWith("." + domain, StringComparison.Ordinal) && !name.AsSpan().Contains('@')));

    /// <summary>Whether it is for the domain itself, as browsers ask for it.</summary>
    public bool IsFor(string domain) => Names.Any(name => name == domain || name == "www." + domain || name == "*." + domain);

    /// <summary>The issuer's organisation, else its common name, else what is written.</summary>
    private static string Organisation(string issuer)
    {
        MatchCollection parts = Part().Matches(issuer);
        return Of("O") ?? Of("CN") ?? Observation.Line(issuer, 80);

        string? Of(string type) => parts.FirstOrDefault(p => p.Groups["type"].Value == type) is { } part
            ? Observation.Line((part.Groups["quoted"].Success ? part.Groups["quoted"].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : part.Groups["plain"].Value).Replace(';', ','), 80) : null;
    }

    private static string Key(JsonElement entry) => Number(entry, "id") is { Length: > 0 } id ? id : Number(entry, "min_cert_id");

    private static string Number(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number.ToString(CultureInfo.InvariantCulture) : "";

    [GeneratedRegex("""(?:\A|,\s*)(?<type>[A-Za-z.0-9]+)=(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^,]*))""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
