using System.Collections.Frozen;

namespace Risk.Rules.Suppliers;

/// <summary>Country codes, ISO 3166-1 alpha-2: the 249 officially assigned ones, and XK (Kosovo), which the EU and banks use.</summary>
public static class CountryCode
{
    private static readonly FrozenSet<string> Assigned = (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
        + "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
        + "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
        + "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
        + "VN VU WF WS XK YE YT ZA ZM ZW").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What people write instead.</summary>
    private static readonly FrozenDictionary<string, string> Common = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["UK"] = "GB", ["EL"] = "GR", ["USA"] = "US", ["DEU"] = "DE", ["GER"] = "DE", ["GBR"] = "GB", ["FRA"] = "FR", ["ITA"] = "IT", ["ESP"] = "ES", ["NLD"] = "NL", ["CHN"] = "CN", ["JPN"] = "JP",
        ["GERMANY"] = "DE", ["FRANCE"] = "FR", ["ITALY"] = "IT", ["SPAIN"] = "ES", ["NETHERLANDS"] = "NL", ["CHINA"] = "CN", ["JAPAN"] = "JP", ["UNITED STATES"] = "US", ["UNITED KINGDOM"] = "GB",
        ["SWITZERLAND"] = "CH", ["AUSTRIA"] = "AT", ["BELGIUM"] = "BE", ["POLAND"] = "PL", ["INDIA"] = "IN", ["IRELAND"] = "IE",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static int Count => Assigned.Count;

    public static bool IsAssigned(string code) => Assigned.Contains(code);

    public static IdentifierCheck Check(string text)
    {
        string code = text.Trim().ToUpperInvariant();
        if (Assigned.Contains(code)) return IdentifierCheck.Valid(code);
        return IdentifierCheck.Wrong(
            $"country '{text}' is not an ISO 3166-1 code of two letters; {(Common.TryGetValue(code, out string? meant) ? $"did you mean '{meant}'?" : "write it as in DE, GB or US")}");
    }
}

/// <summary>Currency codes, ISO 4217: the active ones of list one.</summary>
public static class CurrencyCode
{
    private static readonly FrozenSet<string> Active = (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR "
        + "FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP "
        + "MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
        + "TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Common = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["€"] = "EUR", ["EURO"] = "EUR", ["EUROS"] = "EUR", ["$"] = "USD", ["US$"] = "USD", ["DOLLAR"] = "USD", ["£"] = "GBP", ["UKP"] = "GBP", ["STG"] = "GBP", ["¥"] = "JPY", ["RMB"] = "CNY",
        ["DEM"] = "EUR", ["FRF"] = "EUR", ["ITL"] = "EUR", ["HRK"] = "EUR", ["BGN"] = "EUR", ["SFR"] = "CHF", ["ZWL"] = "ZWG", ["ANG"] = "XCG", ["SLL"] = "SLE",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IdentifierCheck Check(string text)
    {
        string code = text.Trim().ToUpperInvariant();
        if (Active.Contains(code)) return IdentifierCheck.Valid(code);
        return IdentifierCheck.Wrong(
            $"currency '{text}' is not an active ISO 4217 code of three letters; {(Common.TryGetValue(code, out string? meant) ? $"did you mean '{meant}'?" : "write it as in EUR, GBP or USD")}");
    }
}
