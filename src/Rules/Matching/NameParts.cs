namespace Risk.Rules.Matching;

/// <summary>The parts of a name that may be a name of their own: without brackets, inside them, on each side of a spaced slash or of "formerly".</summary>
internal static class NameParts
{
    private const float LeastBits = 8;

    /// <summary>Sets of units as bits; the whole name is the first.</summary>
    public static int Of(QueryProfile query, Span<uint> parts)
    {
        parts[0] = uint.MaxValue;
        int count = 1;
        uint taken = 0;
        for (int start = 0; start < query.Count && count < parts.Length; start++)
        {
            if ((taken & (1u << start)) != 0) continue;
            uint mask = 0;
            float bits = 0;
            bool interrupted = false;
            for (int i = start; i < query.Count; i++)
            {
                if (!InSameSegment(query, start, i)) continue;
                interrupted |= IsFormerly(query, i);
                if (interrupted) continue;
                mask |= 1u << i;
                bits += query.Weight(i);
            }

            taken |= mask | (1u << start);
            bool whole = System.Numerics.BitOperations.PopCount(mask) == query.Count;
            if (!whole && bits >= LeastBits) parts[count++] = mask;
        }

        return count;
    }

    private static bool InSameSegment(QueryProfile query, int unit, int other) => query.Tokens.SegmentOf(query.Unit(unit).First) == query.Tokens.SegmentOf(query.Unit(other).First);

    private static bool IsFormerly(QueryProfile query, int unit) => query.Unit(unit).Kind == UnitKind.Noise && query.IsFormerly(unit);
}
