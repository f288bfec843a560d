using System.Globalization;
using Risk.Rules.Documents;

namespace Risk.Worker.Cli;

internal static class InstantArgument
{
    /// <summary>An instant as people write it, UTC when it says nothing else; a date alone means its end.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static DateTimeOffset? Read(string option, string? text) => Read(option, text, "the end", TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));

    /// <summary>The same for what begins then: a date alone means its first instant.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static DateTimeOffset? ReadStart(string option, string? text) => Read(option, text, "the start", TimeSpan.Zero);

    /// <summary>An instant to come, or how long from <paramref name="now"/>: <c>36h</c>, <c>14d</c>.</summary>
    /// <exception cref="CommandFailure">It is neither.</exception>
    public static DateTimeOffset ReadUntil(string option, string text, DateTimeOffset now) => DocumentReading.TryDuration(text, out TimeSpan span) ? now + span : Read(option, text)!.Value;

    private static DateTimeOffset? Read(string option, string? text, string partOfDay, TimeSpan intoDay)
    {
        if (text is null) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            return new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) + intoDay;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
            ? at
            : throw new CommandFailure(ExitCode.Usage, $"{option}: '{text}' is not an instant; write it like 2026-03-31T06:00:00Z, or 2026-03-31 for {partOfDay} of that day");
    }
}
