using System.Globalization;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>Risk meets contract: until when notice can be given, and what hangs on it.</summary>
internal static class ContractDeadline
{
    /// <summary><c>Give notice by 2026-07-02 (in 122 days), else FRA-2024-17 renews by itself. EUR 4,250,000 a year; no second source.</c></summary>
    /// <returns>"" when the contract names no end, or it is over.</returns>
    public static string Of(Supplier supplier, DateTimeOffset at)
    {
        if (supplier.Contract is not { End: { } end } contract || end <= at) return "";
        string id = PlainText.Line(contract.Id, 60) is { Length: > 0 } known ? known : "the contract";
        string spend = supplier.AnnualSpend is { } amount ? string.Create(CultureInfo.InvariantCulture, $" {PlainText.Line(supplier.Currency)} {amount:#,0} a year") : "";
        string stakes = (spend.Length, supplier.SingleSource) switch
        {
            (0, false) => "",
            (0, true) => " No second source.",
            (_, false) => spend + ".",
            _ => spend + "; no second source.",
        };
        if (contract.NoticeDays is not { } days) return $"{Capital(id)} ends {Day(end)}{In(end, at)}.{stakes}";

        // Deadlines are the first instant that is too late; people are told the last day.
        DateTimeOffset notice = end.AddDays(-days);
        string otherwise = contract.AutoRenew == true ? $"{id} renews by itself" : $"{id} runs until {Day(end)}";
        return notice > at
            ? $"Give notice by {Day(notice)}{In(notice, at)}, else {otherwise}.{stakes}"
            : contract.AutoRenew == true ? $"Notice was possible until {Day(notice)}: {id} renews on {end.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.{stakes}" : $"{Capital(id)} ends {Day(end)}{In(end, at)}.{stakes}";
    }

    private static string Capital(string text) => text.Length > 0 && char.IsAsciiLetterLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    private static string Day(DateTimeOffset end) => end.AddSeconds(-1).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string In(DateTimeOffset end, DateTimeOffset at) => (int)(end.AddSeconds(-1).UtcDateTime.Date - at.UtcDateTime.Date).TotalDays switch
    {
        0 => " (today)",
        1 => " (tomorrow)",
        var days => string.Create(CultureInfo.InvariantCulture, $" (in {days} days)"),
    };
}
