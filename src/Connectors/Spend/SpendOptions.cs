using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.Spend;

/// <summary>Options of the source, from <c>Risk:Sources:spend</c>.</summary>
/// <param name="Currency">ISO 4217 code that the figures are in, and rows that name no currency; "" where the portfolio or the euro decides.</param>
internal sealed record SpendOptions(string Currency)
{
    /// <exception cref="SourceFailureException">Misconfigured: no code.</exception>
    public static SpendOptions Read(IConfigurationSection options)
    {
        string currency = (options[nameof(Currency)] ?? "").Trim().ToUpperInvariant();
        return currency.Length is 0 or 3 && currency.All(char.IsAsciiLetterUpper)
            ? new SpendOptions(currency) : throw new SourceFailureException(FailureKind.Misconfigured, $"Risk:Sources:{SpendModule.Id}:{nameof(Currency)} must be a currency's code of three letters, as in GBP.");
    }
}
