using System.Collections.Frozen;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>Country names as the lists of OFAC, the United Nations and the United Kingdom write them.</summary>
/// <remarks>Regions count as the country whose authorities register companies there; <c>undetermined</c>, former states and the like are none.</remarks>
internal static class CountryNames
{
    /// <summary>ISO 3166-1 alpha-3 and alpha-2, one behind the other.</summary>
    private const string Pairs =
        "ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL " +
        "BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX " +
        "CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI " +
        "GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT " +
        "JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD " +
        "MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO " +
        "NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS " +
        "SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO " +
        "TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS XKXXK YEMYE ZAFZA ZMBZM ZWEZW";

    private static readonly FrozenDictionary<string, string> ByAlpha3 = Pairs.Split(' ').ToFrozenDictionary(p => p[..3], p => p[3..], StringComparer.OrdinalIgnoreCase);

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

    /// <summary>ISO 3166-1 alpha-2 (XK for Kosovo) of an alpha-3 code, or "" for one that is not assigned.</summary>
    public static string CodeOfAlpha3(string code) => ByAlpha3.GetValueOrDefault(code.Trim(), "");
}
