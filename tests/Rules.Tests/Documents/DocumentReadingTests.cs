using Risk.Rules.Documents;

namespace Risk.Rules.Tests.Documents;

public sealed class DocumentReadingTests
{
    [Theory]
    [InlineData("90d", 90 * 24 * 60)]
    [InlineData("1h30m", 90)]
    [InlineData("2w", 14 * 24 * 60)]
    [InlineData("0", 0)]
    public void TryDuration_Valid_IsMinutes(string text, int minutes)
    {
        Assert.True(DocumentReading.TryDuration(text, out TimeSpan value));
        Assert.Equal(TimeSpan.FromMinutes(minutes), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("d")]
    [InlineData("30m1h")]
    [InlineData("1.5h")]
    [InlineData("-1d")]
    [InlineData("999999999w")]
    public void TryDuration_Malformed_IsRefused(string text) => Assert.False(DocumentReading.TryDuration(text, out _));

    [Fact]
    public void TryInstant_Date_IsTheWholeDay()
    {
        Assert.True(DocumentReading.TryInstant("2024-02-29", out DateTimeOffset from, out DateTimeOffset after));
        Assert.Equal(TimeSpan.FromDays(1), after - from);
        Assert.Equal(new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero), after);
    }

    [Theory]
    [InlineData("2026-02-29")]
    [InlineData("2026-03-31T06:00:00")]
    [InlineData("31.03.2026")]
    public void TryInstant_Malformed_IsRefused(string text) => Assert.False(DocumentReading.TryInstant(text, out _, out _));

    [Fact]
    public void TryInstant_WithZone_IsUtc()
    {
        Assert.True(DocumentReading.TryInstant("2026-03-31T06:00:00+02:00", out DateTimeOffset from, out _));
        Assert.Equal(new DateTimeOffset(2026, 3, 31, 4, 0, 0, TimeSpan.Zero), from);
        Assert.Equal(TimeSpan.Zero, from.Offset);
    }
}
