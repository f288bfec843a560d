using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.CountryRisk;

/// <summary>Countries as these publishers spell them: in capitals, in old names, with slips of the pen.</summary>
internal static class CountryRiskNames
{
    /// <summary>Keyed by letters only, without accents and small words.</summary>
    private static readonly FrozenDictionary<string, string> Others = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["australias"] = "AU", ["bosniaherzegovina"] = "BA", ["brunei"] = "BN", ["congobrazzaville"] = "CG", ["congorepublic"] = "CG", ["republiccongo"] = "CG", ["congodemocraticrepublic"] = "CD", ["congodemrep"] = "CD",
        ["congorep"] = "CG", ["democraticrepubliccongo"] = "CD", ["congokinshasa"] = "CD", ["cotedivoire"] = "CI", ["czechrep"] = "CZ", ["czechrepublik"] = "CZ", ["dominicanrep"] = "DO", ["dprk"] = "KP",
        ["egyptarabrep"] = "EG", ["easttimor"] = "TL", ["fyrmacedonia"] = "MK", ["guineabissau"] = "GW", ["hongkongsar"] = "HK", ["hongkongsarchina"] = "HK", ["iranislamicrep"] = "IR", ["kiribati"] = "KI",
        ["koreademocraticpeoplesrepublic"] = "KP", ["koreademrep"] = "KP", ["koreademocraticpeoplesrep"] = "KP", ["koreadempeoplesrep"] = "KP", ["korearep"] = "KR", ["kuweit"] = "KW", ["kyrgyzrepublic"] = "KG", ["kyrgyz"] = "KG",
        ["laopdr"] = "LA", ["laos"] = "LA", ["luxemburg"] = "LU", ["macaosarchina"] = "MO", ["macedonia"] = "MK", ["macedoniaformeryugoslavrepublic"] = "MK", ["macedoniafyr"] = "MK", ["moldovaa"] = "MD",
        ["palestinianauthority"] = "PS", ["saotomeprincipe"] = "ST", ["slovakrepublic"] = "SK", ["stkittsnevis"] = "KN", ["stlucia"] = "LC", ["stvincentgrenadines"] = "VC", ["swaziland"] = "SZ", ["taijikistan"] = "TJ",
        ["timorleste"] = "TL", ["trinidadtobago"] = "TT", ["unitkingd"] = "GB", ["unitedkingdom"] = "GB", ["unitedstatesamerica"] = "US", ["usa"] = "US", ["netherlands"] = "NL", ["venezuelarb"] = "VE", ["virginislandsuk"] = "VG",
        ["westbankgaza"] = "PS", ["yemenrep"] = "YE", ["gambia"] = "GM", ["bahamas"] = "BS", ["micronesiafedstates"] = "FM", ["micronesia"] = "FM", ["capeverde"] = "CV", ["caboverde"] = "CV", ["northkorea"] = "KP", ["southkorea"] = "KR",
        ["koreanorth"] = "KP", ["koreasouth"] = "KR",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] SmallWords = ["the", "of", "and"];

    /// <summary>ISO 3166-1 alpha-2, or "" for a name that is none: regions, averages, states that are gone.</summary>
    public static string CodeOf(string name) => CountryNames.CodeOf(name) is { Length: > 0 } code ? code : Others.GetValueOrDefault(Key(name), "");

    private static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        string[] words = name.Normalize(NormalizationForm.FormD).ToLowerInvariant().Split([' ', ',', '.', '(', ')', '/', '&'], StringSplitOptions.RemoveEmptyEntries);
        foreach (char c in words.Where(w => !SmallWords.Contains(w)).SelectMany(w => w))
        {
            if (char.IsLetter(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) key.Append(c);
        }

        return name.Contains('/', StringComparison.Ordinal) ? "" : key.ToString();
    }
}
