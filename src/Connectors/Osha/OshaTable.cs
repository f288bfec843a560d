using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Osha;

/// <summary>One of the department's tables: in files and from the interface under the same names.</summary>
/// <param name="Name">In addresses and in names of files.</param>
/// <param name="DateColumn">Orders and bounds the rows.</param>
/// <param name="Columns">Those that are read, and asked for.</param>
/// <param name="Needed">Columns without which a file is another table.</param>
internal sealed record OshaTable(string Name, string DateColumn, string[] Columns, string[] Needed, RecordFormat Format)
{
    public static readonly OshaTable Inspections = new(
        "inspection", "open_date", OshaRecord.Columns, ["activity_nr", "estab_name", "open_date"],
        FormatOf("""
        activity_nr number|text
        estab_name text
        site_city text
        site_state text
        open_date text|number
        close_case_date text|number
        insp_type text
        """, """
        host_est_key reporting_id union_status insp_scope owner_type close_conf_date health_const health_manuf health_marit ld_dt load_dt mail_city mail_zip
        mail_state mail_street migrant site_zip safety_const safety_manuf safety_marit safety_hlth sic_code site_address state_flag naics_code owner_code
        adv_notice case_mod_date nr_in_estab why_no_insp
        """));

    public static readonly OshaTable Violations = new(
        "violation", "issuance_date", OshaViolations.Columns, ["activity_nr", "viol_type", "current_penalty"],
        FormatOf("""
        activity_nr number|text
        citation_id text
        viol_type text
        current_penalty number|text
        fta_penalty number|text optional
        delete_flag text
        """, """
        fta_issuance_date hazsub1 hazsub2 hazsub3 hazsub4 hazsub5 hazcat initial_penalty gravity abate_complete load_dt standard nr_instances emphasis
        nr_exposed rec abate_date contest_date issuance_date final_order_date fta_contest_date fta_final_order_date fta_insp_nr
        """));

    /// <param name="others">Columns of the data dictionary that are not read.</param>
    private static RecordFormat FormatOf(string read, string others) =>
        RecordFormat.Of(read + "\n" + string.Join('\n', others.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(column => column + " any optional")));
}
