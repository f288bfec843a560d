using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>An order of the US Bureau of Industry and Security that denies export privileges. Two files tell it, and neither gives it a number: one order is a name and the day from which it holds.</summary>
internal static class DenialOrder
{
    /// <summary>The event type that both files' reports of an order share.</summary>
    public const string Type = "denial-order";

    public static string Id(string name, DateTimeOffset effective) =>
        "dpl-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}|{effective:MM/dd/yyyy}"))))[..16];
}
