using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.FdaIres;

/// <summary>One product of a recall, in the upstream's column names. Text is trimmed, "" where there is none.</summary>
internal sealed record FdaIresRecord(
    string ProductId, string RecallEventId, string RecallNum, string CenterClassificationTypeTxt, string PhaseTxt, string ProductTypeShort, string ProductDescriptionTxt, string ProductShortReasonTxt,
    string FirmLegalNam, string FirmSurvivingNam, string FirmFeiNum, string FirmCityNam, string FirmStatePrvncNam, string FirmCountryNam, string RecallInitiationDt, string EnforcementReportDt)
{
    /// <summary>What is asked for, in the order of the record. The column that answers are sorted by has to be among them.</summary>
    public const string Columns =
        "productid,recalleventid,recallnum,centerclassificationtypetxt,phasetxt,producttypeshort,productdescriptiontxt,productshortreasontxt,firmlegalnam,firmsurvivingnam,firmfeinum,firmcitynam,firmstateprvncnam," +
        "firmcountrynam,recallinitiationdt,enforcementreportdt";

    /// <summary>The columns that are asked for, and those that others ask for.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        PRODUCTID text
        RECALLEVENTID text
        RECALLNUM text
        CENTERCLASSIFICATIONTYPETXT text
        PHASETXT text
        PRODUCTTYPESHORT text
        PRODUCTDESCRIPTIONTXT text
        PRODUCTSHORTREASONTXT text
        FIRMLEGALNAM text
        FIRMSURVIVINGNAM text
        FIRMFEINUM text
        FIRMCITYNAM text
        FIRMSTATEPRVNCNAM text
        FIRMCOUNTRYNAM text
        RECALLINITIATIONDT text
        ENFORCEMENTREPORTDT text
        RID number optional
        CENTERCD text optional
        CENTERCLASSIFICATIONDT text optional
        CODEINFORMATION text optional
        CREATEDT text optional
        DETERMINATIONDT text optional
        DISTRIBUTIONAREASUMMARYTXT text optional
        EVENTLMD text optional
        FIRMLINE1ADR text optional
        FIRMLINE2ADR text optional
        FIRMPOSTALCD text optional
        FIRMSTATECD text optional
        FIRMSURVIVINGFEI text optional
        INITIALFIRMNOTIFICATIONTXT text optional
        POSTEDINTERNETDT text optional
        PRODUCTDISTRIBUTEDQUANTITY text optional
        TERMINATIONDT text optional
        VOLUNTARYTYPETXT text optional
        """);

    public static FdaIresRecord Read(JsonElement product) => new(
        Text(product, "PRODUCTID"), Text(product, "RECALLEVENTID"), Text(product, "RECALLNUM"), Text(product, "CENTERCLASSIFICATIONTYPETXT"), Text(product, "PHASETXT"), Text(product, "PRODUCTTYPESHORT"),
        Text(product, "PRODUCTDESCRIPTIONTXT"), Text(product, "PRODUCTSHORTREASONTXT"), Text(product, "FIRMLEGALNAM"), Text(product, "FIRMSURVIVINGNAM"), Text(product, "FIRMFEINUM"), Text(product, "FIRMCITYNAM"),
        Text(product, "FIRMSTATEPRVNCNAM"), Text(product, "FIRMCOUNTRYNAM"), Text(product, "RECALLINITIATIONDT"), Text(product, "ENFORCEMENTREPORTDT"));

    private static string Text(JsonElement product, string name) => BoundedJson.Text(product, name).Trim();
}
