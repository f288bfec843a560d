using System.Collections.Frozen;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>Country names as the lists of OFAC, the United Nations and the United Kingdom write them.</summary>
/// <remarks>Regions count as the country whose authorities register companies there; <c>undetermined</c>, former states and the like are none.</remarks>
internal static class CountryNames
{
    private static readonly FrozenDictionary<string, string> Codes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Afghanistan"] = "AF", ["Albania"] = "AL", ["Algeria"] = "DZ", ["Angola"] = "AO", ["Antigua and Barbuda"] = "AG", ["Argentina"] = "AR", ["Armenia"] = "AM",
        ["Aruba"] = "AW", ["Australia"] = "AU", ["Austria"] = "AT", ["Azerbaijan"] = "AZ", ["Bahamas, The"] = "BS", ["Bahrain"] = "BH", ["Bangladesh"] = "BD",
        ["Barbados"] = "BB", ["Belarus"] = "BY", ["Belgium"] = "BE", ["Belize"] = "BZ", ["Benin"] = "BJ", ["Bermuda"] = "BM", ["Bhutan"] = "BT", ["Bolivia"] = "BO",
        ["Bosnia and Herzegovina"] = "BA", ["Botswana"] = "BW", ["Brazil"] = "BR", ["Brunei"] = "BN", ["Bulgaria"] = "BG", ["Burkina Faso"] = "BF", ["Burma"] = "MM",
        ["Burundi"] = "BI", ["Cabo Verde"] = "CV", ["Cambodia"] = "KH", ["Cameroon"] = "CM", ["Canada"] = "CA", ["Cayman Islands"] = "KY",
        ["Central African Republic"] = "CF", ["Chad"] = "TD", ["Chile"] = "CL", ["China"] = "CN", ["Colombia"] = "CO", ["Comoros"] = "KM",
        ["Congo, Democratic Republic of the"] = "CD", ["Congo, Republic of the"] = "CG", ["Cook Islands"] = "CK", ["Costa Rica"] = "CR", ["Cote d Ivoire"] = "CI",
        ["Croatia"] = "HR", ["Cuba"] = "CU", ["Curacao"] = "CW", ["Cyprus"] = "CY", ["Czech Republic"] = "CZ", ["Denmark"] = "DK", ["Djibouti"] = "DJ",
        ["Dominica"] = "DM", ["Dominican Republic"] = "DO", ["Ecuador"] = "EC", ["Egypt"] = "EG", ["El Salvador"] = "SV", ["Equatorial Guinea"] = "GQ",
        ["Eritrea"] = "ER", ["Estonia"] = "EE", ["Eswatini"] = "SZ", ["Ethiopia"] = "ET", ["Fiji"] = "FJ", ["Finland"] = "FI", ["France"] = "FR", ["Gabon"] = "GA",
        ["Georgia"] = "GE", ["Germany"] = "DE", ["Ghana"] = "GH", ["Gibraltar"] = "GI", ["Greece"] = "GR", ["Grenada"] = "GD", ["Guatemala"] = "GT", ["Guernsey"] = "GG",
        ["Guinea"] = "GN", ["Guinea-Bissau"] = "GW", ["Guyana"] = "GY", ["Haiti"] = "HT", ["Honduras"] = "HN", ["Hong Kong"] = "HK", ["Hungary"] = "HU",
        ["Iceland"] = "IS", ["India"] = "IN", ["Indonesia"] = "ID", ["Iran"] = "IR", ["Iraq"] = "IQ", ["Ireland"] = "IE", ["Israel"] = "IL", ["Italy"] = "IT",
        ["Jamaica"] = "JM", ["Japan"] = "JP", ["Jersey"] = "JE", ["Jordan"] = "JO", ["Kazakhstan"] = "KZ", ["Kenya"] = "KE", ["Korea, North"] = "KP",
        ["Korea, South"] = "KR", ["Kosovo"] = "XK", ["Kuwait"] = "KW", ["Kyrgyzstan"] = "KG", ["Laos"] = "LA", ["Latvia"] = "LV", ["Lebanon"] = "LB", ["Lesotho"] = "LS",
        ["Liberia"] = "LR", ["Libya"] = "LY", ["Liechtenstein"] = "LI", ["Lithuania"] = "LT", ["Luxembourg"] = "LU", ["Macau"] = "MO", ["Madagascar"] = "MG",
        ["Malawi"] = "MW", ["Malaysia"] = "MY", ["Maldives"] = "MV", ["Mali"] = "ML", ["Malta"] = "MT", ["Man, Isle of"] = "IM", ["Marshall Islands"] = "MH",
        ["Mauritania"] = "MR", ["Mauritius"] = "MU", ["Mexico"] = "MX", ["Moldova"] = "MD", ["Monaco"] = "MC", ["Mongolia"] = "MN", ["Montenegro"] = "ME",
        ["Morocco"] = "MA", ["Mozambique"] = "MZ", ["Namibia"] = "NA", ["Nepal"] = "NP", ["Netherlands"] = "NL", ["New Zealand"] = "NZ", ["Nicaragua"] = "NI",
        ["Niger"] = "NE", ["Nigeria"] = "NG", ["North Macedonia, The Republic of"] = "MK", ["Norway"] = "NO", ["Oman"] = "OM", ["Pakistan"] = "PK", ["Palau"] = "PW",
        ["Palestinian"] = "PS", ["Panama"] = "PA", ["Papua New Guinea"] = "PG", ["Paraguay"] = "PY", ["Peru"] = "PE", ["Philippines"] = "PH", ["Poland"] = "PL",
        ["Portugal"] = "PT", ["Puerto Rico"] = "PR", ["Qatar"] = "QA", ["Region: Crimea"] = "UA", ["Region: Gaza"] = "PS", ["Region: Northern Mali"] = "ML",
        ["Region: West Bank"] = "PS", ["Romania"] = "RO", ["Russia"] = "RU", ["Rwanda"] = "RW", ["Saint Kitts and Nevis"] = "KN", ["Saint Lucia"] = "LC",
        ["Saint Vincent and the Grenadines"] = "VC", ["Samoa"] = "WS", ["San Marino"] = "SM", ["Saudi Arabia"] = "SA", ["Senegal"] = "SN", ["Serbia"] = "RS",
        ["Seychelles"] = "SC", ["Sierra Leone"] = "SL", ["Singapore"] = "SG", ["Slovakia"] = "SK", ["Slovenia"] = "SI", ["Solomon Islands"] = "SB", ["Somalia"] = "SO",
        ["South Africa"] = "ZA", ["South Sudan"] = "SS", ["Spain"] = "ES", ["Sri Lanka"] = "LK", ["Sudan"] = "SD", ["Suriname"] = "SR", ["Sweden"] = "SE",
        ["Switzerland"] = "CH", ["Syria"] = "SY", ["Taiwan"] = "TW", ["Tajikistan"] = "TJ", ["Tanzania"] = "TZ", ["Thailand"] = "TH", ["The Gambia"] = "GM",
        ["Togo"] = "TG", ["Tonga"] = "TO", ["Trinidad and Tobago"] = "TT", ["Tunisia"] = "TN", ["Turkey"] = "TR", ["Turkiye"] = "TR", ["Turkmenistan"] = "TM",
        ["Tuvalu"] = "TV", ["Uganda"] = "UG", ["Ukraine"] = "UA", ["United Arab Emirates"] = "AE", ["United Kingdom"] = "GB", ["United States"] = "US",
        ["Uruguay"] = "UY", ["Uzbekistan"] = "UZ", ["Vanuatu"] = "VU", ["Venezuela"] = "VE", ["Vietnam"] = "VN", ["Virgin Islands, British"] = "VG", ["West Bank"] = "PS",
        ["Yemen"] = "YE", ["Zambia"] = "ZM", ["Zimbabwe"] = "ZW",
        // The United Nations' and the United Kingdom's names, where they differ.
        ["Bahamas"] = "BS", ["Bolivia (Plurinational State of)"] = "BO", ["British Virgin Islands"] = "VG", ["Brunei Darussalam"] = "BN", ["Cape Verde"] = "CV",
        ["China, Hong Kong Special Administrative Region"] = "HK", ["China, Macao Special Administrative Region"] = "MO", ["Congo"] = "CG", ["Congo (Democratic Republic)"] = "CD",
        ["Côte d'Ivoire"] = "CI", ["Cote d'Ivoire"] = "CI", ["Côte d’Ivoire"] = "CI", ["Ivory Coast"] = "CI", ["Curaçao"] = "CW", ["Czechia"] = "CZ",
        ["Democratic People's Republic of Korea"] = "KP", ["Democratic Republic of the Congo"] = "CD", ["Gambia"] = "GM", ["Gaza Strip"] = "PS", ["Iran (Islamic Republic of)"] = "IR",
        ["Isle of Man"] = "IM", ["Korea (North)"] = "KP", ["Korea (South)"] = "KR", ["Lao People's Democratic Republic"] = "LA", ["Macao"] = "MO", ["Myanmar"] = "MM",
        ["Myanmar (Burma)"] = "MM", ["North Korea"] = "KP", ["North Macedonia"] = "MK", ["Northern Ireland"] = "GB", ["Occupied Palestinian Territories"] = "PS", ["Palestine"] = "PS",
        ["Republic of Korea"] = "KR", ["Republic of Moldova"] = "MD", ["Russian Federation"] = "RU", ["South Korea"] = "KR", ["St Kitts and Nevis"] = "KN", ["St Lucia"] = "LC",
        ["St Vincent"] = "VC", ["State of Palestine"] = "PS", ["Syrian Arab Republic"] = "SY", ["The Bahamas"] = "BS", ["Türkiye"] = "TR",
        ["United Kingdom of Great Britain and Northern Ireland"] = "GB", ["United Republic of Tanzania"] = "TZ", ["United States of America"] = "US",
        ["Venezuela (Bolivarian Republic of)"] = "VE", ["Viet Nam"] = "VN",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>ISO 3166-1 alpha-2 (XK for Kosovo), or "" for a name that is not known.</summary>
    public static string CodeOf(string name) => Codes.GetValueOrDefault(name.Trim(), "");
}
