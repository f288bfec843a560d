using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Spend;

namespace Risk.Connectors.Tests.Spend;

public sealed class SpendTextTests
{
    [Theory]
    [InlineData("1140", 1140, "")]
    [InlineData("5000.00", 5000, "")]
    [InlineData("-440,000.00", -440000, "")]
    [InlineData("56,232,035.00", 56232035, "")]
    [InlineData("£1,140.50", 1140.5, "GBP")]
    [InlineData("-£1,140.50", -1140.5, "GBP")]
    [InlineData("(5,000.00)", -5000, "")]
    [InlineData("120.00-", -120, "")]
    [InlineData("1.234,56 EUR", 1234.56, "EUR")]
    [InlineData("€ 1 234,56", 1234.56, "EUR")]
    [InlineData("12,5", 12.5, "")]
    [InlineData("1,234", 1234, "")]
    [InlineData("US$ 3.10", 3.1, "USD")]
    public void TryAmount_AsLedgersWriteIt_IsTheAmount(string text, double amount, string currency)
    {
        Assert.True(SpendText.TryAmount(text, out decimal read, out string sign));
        Assert.Equal(((decimal)amount, currency), (read, sign));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n/a")]
    [InlineData("1,2x3")]
    [InlineData("1e9")]
    [InlineData("=1+1")]
    public void TryAmount_NoNumber_IsRefused(string text) => Assert.False(SpendText.TryAmount(text, out _, out _));

    [Fact]
    public void TryAmount_EveryNotation_IsTheSame() => Prop.ForAll<int>(cents =>
    {
        decimal amount = cents / 100m;
        foreach (string text in (string[])[amount.ToString("0.00", CultureInfo.InvariantCulture), amount.ToString("#,##0.00", CultureInfo.InvariantCulture), "£" + amount.ToString("#,##0.00", CultureInfo.InvariantCulture), amount.ToString("#,##0.00", CultureInfo.GetCultureInfo("de-DE"))])
        {
            Assert.True(SpendText.TryAmount(text, out decimal read, out _), text);
            Assert.Equal(amount, read);
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("21/01/2014", false, "2014-01-21")]
    [InlineData("2/28/2021", true, "2021-02-28")]
    [InlineData("30-Apr-20", false, "2020-04-30")]
    [InlineData("2008-04-01", false, "2008-04-01")]
    [InlineData("2008-04-01T00:00:00", false, "2008-04-01")]
    [InlineData("01.02.2024 00:00", false, "2024-02-01")]
    [InlineData("20240201", true, "2024-02-01")]
    public void TryDate_AsLedgersWriteIt_IsTheDay(string text, bool monthFirst, string day)
    {
        Assert.True(SpendText.TryDate(text, monthFirst, out DateOnly read));
        Assert.Equal(day, read.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void IsMonthFirst_IsDecidedByTheWholeColumn()
    {
        Assert.False(SpendText.IsMonthFirst(["01/02/2024", "13/02/2024"]));
        Assert.True(SpendText.IsMonthFirst(["01/02/2024", "02/13/2024", ""]));
        Assert.False(SpendText.IsMonthFirst(["01/02/2024", "30-Apr-20"]));
        Assert.Null(SpendText.IsMonthFirst(["13/02/2024", "02/13/2024"]));
    }

    [Theory]
    [InlineData("Redacted personal data", true)]
    [InlineData("REFUND TO PRIVATE INDIVIDUAL", true)]
    [InlineData("REDACTED", true)]
    [InlineData("REDACTIVE PUBLISHING LIMITED", false)]
    [InlineData("PERSONAL TOUCH CLEANING LTD", false)]
    public void IsRedacted_KnowsPersonsFromCompanies(string payee, bool expected) => Assert.Equal(expected, SpendText.IsRedacted(payee));

    [Theory]
    [InlineData("Total", true)]
    [InlineData("GRAND TOTAL:", true)]
    [InlineData("Total for March 2021", true)]
    [InlineData("Sub-total", true)]
    [InlineData("Total Gas & Power Ltd", false)]
    [InlineData("TOTALENERGIES GAS & POWER LIMITED", false)]
    [InlineData("Rental Total Solutions Ltd", false)]
    public void IsTotal_KnowsSumsFromCompanies(string payee, bool expected) => Assert.Equal(expected, SpendText.IsTotal(payee));
}
