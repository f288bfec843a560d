using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Scoring;

/// <summary>Whom to look at first: how bad it stands (band) against how much the company depends on it (criticality and tier).</summary>
/// <remarks>
/// Stands beside the score and never changes it: two suppliers with the same findings have the same score, and the more important one comes first. An additive matrix, as in
/// incident management (impact by urgency): impact is the worse of criticality (low 0, medium 1, high 2, critical 3) and tier (4, 3, 2, 1 in the same order), urgency is the band
/// (low 0 to critical 4; "insufficient data" counts as elevated, for nobody knows). The sum gives 1 from 6 up, 2 for 5, 3 for 4, 4 for 2 and 3, 5 below.
/// </remarks>
public static class SupplierPriority
{
    /// <summary>1 (first) to 5.</summary>
    public static int Of(Supplier supplier, Band band)
    {
        int urgency = band == Band.InsufficientData ? (int)Band.Elevated : (int)band;
        return (Impact(supplier) + urgency) switch
        {
            >= 6 => 1,
            5 => 2,
            4 => 3,
            >= 2 => 4,
            _ => 5,
        };
    }

    /// <summary>0 (we would hardly notice) to 3.</summary>
    public static int Impact(Supplier supplier)
    {
        int criticality = supplier.Criticality switch
        {
            "critical" => 3,
            "high" => 2,
            "low" => 0,
            _ => 1,
        };
        return Math.Max(criticality, Math.Clamp(4 - supplier.Tier, 0, 3));
    }
}
