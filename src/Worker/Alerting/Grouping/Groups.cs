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

    /// <summary>How long a group without alerts keeps its clock. As Alertmanager, which sweeps empty groups every 30 seconds.</summary>
    public static readonly TimeSpan KeepEmptyFor = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The group after a change worth telling. Its clock starts with its first alert: the first look is group_wait later, the next ones group_interval apart. Only an alert
    /// that began longer than group_wait ago does not wait for the first look.
    /// </summary>
    /// <param name="overdue">Whether such an alert came. Never after a start, when inhibiting alerts must be there first (alertmanager#4064).</param>
    public static AlertGroupState Touch(AlertGroupState group, RouteNode route, DateTimeOffset at, bool overdue)
    {
        DateTimeOffset due = group.TickAt is null ? at + (overdue ? TimeSpan.Zero : route.GroupWait) : Tick(group, route, at);

        // What was planned for an empty group was its end, not a look.
        DateTimeOffset? planned = group.EmptySince is null ? group.NextFlushAt : null;
        return group with { NextFlushAt = planned < due ? planned : due, EmptySince = null };
    }

    /// <summary>The first look of the group's clock that is not before an instant.</summary>
    public static DateTimeOffset Tick(AlertGroupState group, RouteNode route, DateTimeOffset notBefore)
    {
        DateTimeOffset last = group.TickAt!.Value;
        long steps = Math.Max(1, ((notBefore - last).Ticks + route.GroupInterval.Ticks - 1) / route.GroupInterval.Ticks);
        return last + (route.GroupInterval * steps);
    }

    /// <summary>Nothing is left of it: an alert that comes now opens a new group.</summary>
    public static bool IsGone(AlertGroupState group, DateTimeOffset at) => group.EmptySince + KeepEmptyFor <= at;

    /// <summary>The flush instant that counts for the group at <paramref name="at"/> when group_wait is taken as elapsed.</summary>
    public static bool IsDue(AlertGroupState group, RouteNode route, DateTimeOffset at, bool everythingNow)
    {
        if (group.NextFlushAt is not { } next) return false;
        return next <= at || (everythingNow && next - route.GroupWait <= at && !(group.LastSentAt + route.GroupInterval > at));
    }

    /// <summary>The group after a notification that called <paramref name="firing"/> firing, and nothing else: what was muted will be news when it no longer is.</summary>
    public static AlertGroupState Sent(AlertGroupState group, RouteNode route, IEnumerable<string> firing, IEnumerable<string> resolved, DateTimeOffset at) => group with
    {
        Receiver = route.Receiver,
        LastSentAt = at,
        LastFiring = [.. firing.Order(StringComparer.Ordinal)],
        LastResolved = [.. resolved.Order(StringComparer.Ordinal)],
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
