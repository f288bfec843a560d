using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Alerts;

namespace Risk.Worker.Alerting.Workflow;

/// <summary>What a link lets its recipient do, once.</summary>
/// <param name="Action">One of <see cref="ActionLinks.Actions"/>.</param>
/// <param name="Id">Names the link; a link that was used is known by it.</param>
internal sealed record ActionLink(string Action, string EpisodeId, string Recipient, DateTimeOffset ExpiresAt, string Id);

/// <summary>
/// Signed links in mails: HMAC-SHA256 over action, episode, recipient and end. They work without a login, once, for a while, and only through a page that asks: what looks at links
/// without being asked (mail scanners, previews) changes nothing. Pure.
/// </summary>
/// <param name="publicUrl">Where readers reach the action pages.</param>
/// <param name="keys">At least 32 bytes each. The first signs, all verify: that is how keys are rotated.</param>
internal sealed class ActionLinks(Uri publicUrl, ImmutableArray<byte[]> keys)
{
    /// <summary>How long a link in a mail works.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromDays(14);

    /// <summary>In the order mails show them, with what their links say.</summary>
    public static readonly ImmutableArray<(string Action, string Label)> Actions =
        [("ack", "Acknowledge"), ("assign", "Assign"), ("snooze", "Snooze"), ("accept", "Accept the risk"), ("false-positive", "False positive")];

    private const int LongestToken = 1_000;
    private const string Purpose = "risk-action-link-1\n";

    /// <summary>Links for what the recipient can do about the alert, as label and address; none when it is over.</summary>
    public ImmutableArray<(string Label, string Url)> For(Alert alert, string recipient, DateTimeOffset at) => alert.ResolvedAt is not null ? [] :
    [
        .. Actions.Where(a => a.Action is not ("accept" or "false-positive") || (alert.Kind == AlertKind.Risk && alert.Supplier is not null))
            .Select(a => (a.Label, Url(a.Action, alert.EpisodeId, recipient, at + ValidFor))),
    ];

    public string Url(string action, string episode, string recipient, DateTimeOffset expiresAt)
    {
        string payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', action, episode, recipient, expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))));
        return $"{publicUrl.AbsoluteUri.TrimEnd('/')}/a/{payload}.{Sign(keys[0], payload)}";
    }

    /// <summary>The link, or null and why not: in words for its reader.</summary>
    public (ActionLink? Link, string Refusal) Read(string token, DateTimeOffset at)
    {
        const string forged = "This link is not one of ours, or was cut off on its way. Open the mail again and use the whole link.";
        string[] parts = token.Split('.');
        if (token.Length > LongestToken || parts.Length != 2 || !keys.Any(key => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(key, parts[0])), Encoding.UTF8.GetBytes(parts[1])))) return (null, forged);
        string[] said = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])).Split('\n');
        DateTimeOffset expiresAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(said[3], CultureInfo.InvariantCulture));
        if (at >= expiresAt) return (null, string.Create(CultureInfo.InvariantCulture, $"This link worked until {expiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC. A newer mail about the alert has a newer one; 'risk alerts' does the same on the server."));
        return (new ActionLink(said[0], said[1], said[2], expiresAt, parts[1]), "");
    }

    /// <summary>Goes with the form of the link's page: what comes without it did not come from the page.</summary>
    public string ConfirmationOf(ActionLink link) => Sign(keys[0], "confirm\n" + link.Id);

    public bool IsConfirmed(ActionLink link, string confirmation) =>
        keys.Any(key => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(key, "confirm\n" + link.Id)), Encoding.UTF8.GetBytes(confirmation)));

    private static string Sign(byte[] key, string payload) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Purpose + payload)));
}
