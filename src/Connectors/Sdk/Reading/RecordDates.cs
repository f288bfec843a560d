using System.Globalization;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>Dates in the notations of public records.</summary>
internal static class RecordDates
{
    private static readonly string[] Formats =
        ["yyyyMMdd", "yyyy-MM-dd", "MM/dd/yyyy", "M/d/yyyy", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-dd HH:mm:ss", "MMMM d, yyyy", "dd-MMM-yyyy"];

    /// <summary>Nothing that these sources record is older; what is, is a slip of the pen.</summary>
    private static readonly DateTimeOffset Earliest = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The instant, or null for anything else. Month before day where both are numbers; without a zone: UTC.</summary>
    /// <param name="latest">Later dates are slips of the pen too.</param>
    public static DateTimeOffset? Of(string text, DateTimeOffset latest) =>
        DateTimeOffset.TryParseExact(text.Trim(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at) && at >= Earliest && at <= latest ? at : null;
}
