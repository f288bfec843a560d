using System.Globalization;
using System.Text.Json;
using Risk.Rules.Language;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>One field of a row, as the file declares it. Absent and empty fields are missing; what is no value of its type is missing, and counted.</summary>
/// <param name="Path">Where it is in the row: members, a column, elements and <c>@attributes</c>, with dots between.</param>
/// <param name="DateFormat">How instants are written, in .NET's letters; "": ISO 8601, or as mails write them.</param>
/// <param name="IsOptional">Rows without it are as they should be.</param>
internal sealed record DeclaredField(string Name, string Path, CelType Type, string DateFormat, bool IsOptional)
{
    private static readonly string[] Instants = ["yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mmK", "yyyy-MM", "r"];

    /// <summary>The first segment of <see cref="Path"/>.</summary>
    public string Root => Path.Split('.')[0];

    public CelValue Read(RawRow row, FetchAudit audit)
    {
        RawValue raw = row.Find(Path);
        if (raw.IsNothing)
        {
            if (!IsOptional) audit.Drift(FieldDrift.Missing, Name);
            return Absent;
        }

        if (Convert(raw) is not { } value)
        {
            audit.Drift(FieldDrift.Retyped, Name);
            return CelValue.Missing($"row.{Name}: is no {Type}");
        }

        if (raw.Json is { } element && !IsOfKind(element)) audit.Drift(FieldDrift.Retyped, Name);
        return value;
    }

    private CelValue Absent => CelValue.Missing($"row.{Name}: absent");

    private CelValue? Convert(RawValue raw) => Type.Kind switch
    {
        CelKind.List => CelValue.Texts(raw.Texts()),
        CelKind.Text => raw.Text() is { } text ? CelValue.Text(text) : null,
        CelKind.Int => raw.Text() is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? CelValue.Of(whole) : null,
        CelKind.Double => raw.Text() is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? CelValue.OfDouble(number) : null,
        CelKind.Bool => raw.Text()?.ToLowerInvariant() switch { "true" or "1" or "yes" or "y" => CelValue.True, "false" or "0" or "no" or "n" => CelValue.False, _ => null },
        _ => raw.Text() is { } text && TryInstant(text, out DateTimeOffset at) ? CelValue.Timestamp(at) : null,
    };

    private bool TryInstant(string text, out DateTimeOffset at)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (DateFormat == "unix")
        {
            bool read = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) && seconds is > -62_135_596_800 and < 253_402_300_800;
            at = read ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
            return read;
        }

        if (DateFormat.Length > 0) return DateTimeOffset.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, Utc, out at);
        // Mails and RSS write "Mon, 02 Mar 2026 10:00:00 +0100" and "... EST"; the parser knows the first.
        return DateTimeOffset.TryParseExact(text, Instants, CultureInfo.InvariantCulture, Utc, out at)
            || DateTimeOffset.TryParseExact(text, ["ddd, d MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm:ss 'UT'", "ddd, d MMM yyyy HH:mm:ss 'UTC'", "d MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm zzz"], CultureInfo.InvariantCulture, Utc, out at);
    }

    /// <summary>Whether JSON holds it in the form that its type has there.</summary>
    private bool IsOfKind(JsonElement element) => Type.Kind switch
    {
        CelKind.List => element.ValueKind == JsonValueKind.Array,
        CelKind.Int or CelKind.Double => element.ValueKind == JsonValueKind.Number,
        CelKind.Bool => element.ValueKind is JsonValueKind.True or JsonValueKind.False,
        CelKind.Timestamp when DateFormat == "unix" => true,
        _ => element.ValueKind == JsonValueKind.String,
    };
}
