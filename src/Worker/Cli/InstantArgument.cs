using System.Globalization;

namespace Risk.Worker.Cli;

internal static class InstantArgument
{
    /// <summary>An instant as people write it, UTC when it says nothing else; a date alone means its end.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static DateTimeOffset? Read(string option, string? text)
    {
        if (text is null) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            return new DateTimeOffset(date.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddSeconds(-1);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
            ? at
            : throw new CommandFailure(ExitCode.Usage, $"{option}: '{text}' is not an instant; write it like 2026-03-31T06:00:00Z, or 2026-03-31 for the end of that day");
    }
}
