namespace Risk.Rules.Matching;

/// <summary>What a unit is worth as evidence, in bits: how surprising it is in a company name.</summary>
internal static class UnitWeight
{
    /// <summary>A word nobody has seen is rare, but not infinitely so: one in 8,192 names.</summary>
    private const float Most = 13;
    private const float Least = 1;

    public static float Bits(float share) => share <= 0 ? Most : Math.Clamp(-MathF.Log2(share), Least, Most);

    /// <summary>Words that are translated, generic or places are weaker evidence than their rarity says, and so are scraps of one or two letters.</summary>
    public static float Of(float bits, UnitKind kind, int letters) => bits * kind switch
    {
        UnitKind.Generic => 0.5f,
        UnitKind.Place => 0.6f,
        UnitKind.Body => 0.7f,
        UnitKind.Domain => 0.85f,
        UnitKind.LegalForm or UnitKind.Noise => 0,
        _ => letters <= 2 ? 0.6f : 1,
    };
}
