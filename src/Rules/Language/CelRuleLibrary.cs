using System.Collections.Immutable;

namespace Risk.Rules.Language;

/// <summary>The functions of RULES.md 4.3 beyond CEL's own.</summary>
public static class CelRuleLibrary
{
    /// <param name="metricsType">Name of the object type whose fields <c>was</c>, <c>change</c> and the like take; its values must be <see cref="ICelSeries"/>.</param>
    /// <param name="zone">Zone in which <c>date()</c> prints.</param>
    public static ImmutableArray<CelFunction> Functions(string metricsType, TimeZoneInfo zone) => throw new NotSupportedException();
}
