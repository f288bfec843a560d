using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>Signs as Standard Webhooks 1.0 says: <c>v1,</c> and the base 64 of HMAC-SHA256 over <c>id.timestamp.body</c>; several keys give several, separated by spaces.</summary>
internal static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";

    /// <param name="secret"><c>whsec_</c> and base 64 of 24 to 64 bytes.</param>
    public static bool TryKey(string secret, out byte[] key)
    {
        key = [];
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal)) return false;
        Span<byte> bytes = stackalloc byte[128];
        if (!Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out int length) || length is < 24 or > 64) return false;
        key = bytes[..length].ToArray();
        return true;
    }

    public static string Sign(IEnumerable<byte[]> keys, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        byte[] content = [.. head, .. body];
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content))));
    }
}
