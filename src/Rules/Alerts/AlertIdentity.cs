using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Alerts;

/// <summary>Names episodes so that a replay gives the same names.</summary>
public static class AlertIdentity
{
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>26 base32 characters (130 bits of sha256) of the alert's identity and its opening instant.</summary>
    public static string EpisodeId(string rule, SupplierId? supplier, string key, string kind, DateTimeOffset openedAt)
    {
        string identity = string.Join('\0', rule, supplier?.Value ?? "", key, kind, openedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(identity));
        return string.Create(26, hash, static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                int bit = i * 5;
                int pair = (bytes[bit / 8] << 8) | bytes[(bit / 8) + 1];
                text[i] = Base32[(pair >> (11 - (bit % 8))) & 31];
            }
        });
    }
}
