namespace Risk.Rules.Matching;

/// <summary>Legal forms as bits of sets.</summary>
internal static class LegalFormBits
{
    private static readonly string[] Classes = ["LLC", "JSC", "LP", "LLP", "GP", "SOE", "NGO", "COOP", "SP", "JV", "CO", "FIN"];

    /// <summary>CO, firm, company: says nothing about the form.</summary>
    public const uint Unspecific = 1u << 10;

    public static (ulong Form, uint Class) Of(Concept legalForm) => (1UL << (legalForm.Id & 63), 1u << Array.IndexOf(Classes, legalForm.LegalClass));
}
