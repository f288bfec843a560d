using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>When a failed delivery is tried again: 30 s, doubling to 6 h, a quarter either way by the delivery's id, for 72 h after it was made or put back.</summary>
internal static class DeliveryRetry
{
    public static TimeSpan First { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan Longest { get; } = TimeSpan.FromHours(6);

    public static TimeSpan GiveUpAfter { get; } = TimeSpan.FromHours(72);

    /// <param name="since">When the delivery was made, or put back after it had been given up.</param>
    /// <param name="attempts">How many have been made, the failed one included.</param>
    /// <returns>Null when the next attempt would come too late.</returns>
    public static DateTimeOffset? NextAt(string deliveryId, DateTimeOffset since, int attempts, DeliveryOutcome.RetryLater outcome, DateTimeOffset at)
    {
        double seconds = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 30)), Longest.TotalSeconds);
        TimeSpan wait = TimeSpan.FromSeconds(seconds * (0.75 + (0.5 * Fraction(deliveryId, attempts))));

        // A server may ask for patience, but not for more than our longest wait: the alert matters to someone.
        if (outcome.After is { } asked && asked > wait) wait = asked < Longest ? asked : Longest;
        DateTimeOffset next = at + wait;
        return next > since + GiveUpAfter ? null : next;
    }

    /// <summary>0 to 1, the same for the same attempt: spreads recipients out, and a replay gives the same instants.</summary>
    private static double Fraction(string deliveryId, int attempts)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{deliveryId}:{attempts}")));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)uint.MaxValue;
    }
}
