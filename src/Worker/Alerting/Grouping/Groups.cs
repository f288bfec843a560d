using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Grouping;

/// <summary>How alerts make groups, and when a group is looked at next. Pure.</summary>
internal static class Groups
{
    /// <summary>Route path and group labels: <c>{}/{kind="system"}:{rule="SR-1"}</c>.</summary>
    public static string Key(RouteNode route, ImmutableSortedDictionary<string, string> groupLabels) =>
        route.Path + ":{" + string.Join(",", groupLabels.Select(l => new Matcher(l.Key, MatchOperator.Equal, l.Value).ToString())) + "}";

    /// <summary>An empty group that its first alert just opened.</summary>
    public static AlertGroupState Open(RouteNode route, ImmutableSortedDictionary<string, string> groupLabels, Alert first)
    {
        string key = Key(route, groupLabels);
        return new AlertGroupState(key, route.Receiver, route.Path, groupLabels, StableId.Of("thread", key, first.EpisodeId), null, null, [], []);
    }

    /// <summary>The group after a change worth telling: flushed after group_wait, but not before group_interval has passed since the last notification.</summary>
    public static AlertGroupState Touch(AlertGroupState group, RouteNode route, DateTimeOffset at)
    {
        DateTimeOffset due = at + route.GroupWait;
        if (group.LastSentAt + route.GroupInterval is { } earliest && earliest > due) due = earliest;
        return group with { NextFlushAt = group.NextFlushAt is { } planned && planned < due ? planned : due };
    }

    /// <summary>The flush instant that counts for the group at <paramref name="at"/> when group_wait is taken as elapsed.</summary>
    public static bool IsDue(AlertGroupState group, RouteNode route, DateTimeOffset at, bool everythingNow)
    {
        if (group.NextFlushAt is not { } next) return false;
        return next <= at || (everythingNow && next - route.GroupWait <= at && !(group.LastSentAt + route.GroupInterval > at));
    }

    /// <summary>The group after a notification that called <paramref name="firing"/> firing; <paramref name="kept"/> were announced before and are only muted now.</summary>
    public static AlertGroupState Sent(AlertGroupState group, RouteNode route, IEnumerable<string> firing, IEnumerable<string> kept, IEnumerable<string> resolved, DateTimeOffset at) => group with
    {
        Receiver = route.Receiver,
        LastSentAt = at,
        LastFiring = [.. firing.Concat(kept).Order(StringComparer.Ordinal)],
        LastResolved = [.. resolved.Order(StringComparer.Ordinal)],
        NextFlushAt = at + (route.RepeatInterval > route.GroupInterval ? route.RepeatInterval : route.GroupInterval),
    };
}

/// <summary>Ids that the same facts always give: 26 characters of lower-case base 32 over sha256, 130 bits.</summary>
internal static class StableId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <param name="parts">Framed by their lengths, so that different splits of the same characters differ.</param>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts) text.Append(part.Length).Append(':').Append(part);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return string.Create(26, hash, static (id, bytes) =>
        {
            for (int i = 0; i < id.Length; i++)
            {
                int bit = i * 5;
                int window = (bytes[bit / 8] << 8) | bytes[(bit / 8) + 1];
                id[i] = Alphabet[(window >> (11 - (bit % 8))) & 31];
            }
        });
    }
}
