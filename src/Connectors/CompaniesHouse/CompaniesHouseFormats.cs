using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>The members that the register's answers are known to have. Almost all are optional: charities, societies and overseas companies have few of them, and so have old answers.</summary>
internal static class CompaniesHouseFormats
{
    public static RecordFormat Profile { get; } = RecordFormat.Of("""
        company_number text
        company_name text optional
        company_status text optional
        company_status_detail text optional
        status text optional
        type text optional
        subtype text optional
        jurisdiction text optional
        date_of_creation text optional
        date_of_cessation text optional
        date_of_dissolution text optional
        accounts object optional
        accounts.accounting_reference_date object optional
        accounts.last_accounts object optional
        accounts.next_accounts object optional
        accounts.next_accounts.due_on text optional
        accounts.next_accounts.overdue boolean optional
        accounts.next_accounts.period_start_on text optional
        accounts.next_accounts.period_end_on text optional
        accounts.next_due text optional
        accounts.next_made_up_to text optional
        accounts.overdue boolean optional
        confirmation_statement object optional
        confirmation_statement.last_made_up_to text optional
        confirmation_statement.next_due text optional
        confirmation_statement.next_made_up_to text optional
        confirmation_statement.overdue boolean optional
        annual_return object optional
        annual_return.last_made_up_to text optional
        annual_return.next_due text optional
        annual_return.next_made_up_to text optional
        annual_return.overdue boolean optional
        branch_company_details object optional
        can_file boolean optional
        corporate_annotation array optional
        etag text optional
        external_registration_number text optional
        foreign_company_details object optional
        has_been_liquidated boolean optional
        has_charges boolean optional
        has_insolvency_history boolean optional
        has_super_secure_pscs boolean optional
        is_community_interest_company boolean optional
        last_full_members_list_date text optional
        links object optional
        partial_data_available text optional
        previous_company_names array optional
        proof_status text optional
        registered_office_address object optional
        registered_office_is_in_dispute boolean optional
        service_address object optional
        sic_codes array optional
        super_secure_managing_officer_count number optional
        term text optional
        undeliverable_registered_office_address boolean optional
        """);

    public static RecordFormat Insolvency { get; } = RecordFormat.Of("""
        cases array
        cases[].type text
        cases[].number text optional
        cases[].dates array
        cases[].dates[].type text
        cases[].dates[].date text
        cases[].links object optional
        cases[].notes array optional
        cases[].practitioners array optional
        etag text optional
        status array optional
        """);

    public static RecordFormat Charges { get; } = RecordFormat.Of("""
        items array
        items[].status text
        items[].created_on text optional
        items[].delivered_on text optional
        items[].acquired_on text optional
        items[].covering_instrument_date text optional
        items[].resolved_on text optional
        items[].satisfied_on text optional
        items[].charge_code text optional
        items[].charge_number number optional
        items[].id text optional
        items[].classification object optional
        items[].assets_ceased_released text optional
        items[].etag text optional
        items[].insolvency_cases array optional
        items[].links object optional
        items[].more_than_four_persons_entitled boolean optional
        items[].particulars object optional
        items[].persons_entitled array optional
        items[].persons_entitled[].name text
        items[].scottish_alterations object optional
        items[].secured_details object optional
        items[].transactions array optional
        etag text optional
        part_satisfied_count number optional
        satisfied_count number optional
        total_count number optional
        unfiltered_count number optional
        """);

    public static RecordFormat Filings { get; } = RecordFormat.Of("""
        items array
        items[].transaction_id text
        items[].date text
        items[].type text
        items[].category text optional
        items[].description text optional
        items[].description_values object optional
        items[].subcategory text|array optional
        items[].action_date text|number optional
        items[].annotations array optional
        items[].associated_filings array optional
        items[].barcode text optional
        items[].data object optional
        items[].links object optional
        items[].pages number optional
        items[].paper_filed boolean optional
        items[].resolutions array optional
        etag text optional
        filing_history_status text optional
        items_per_page number optional
        kind text optional
        start_index number optional
        total_count number optional
        """);

    /// <summary>What is told of the person is not looked into.</summary>
    public static RecordFormat Officers { get; } = RecordFormat.Of("""
        items array
        items[].officer_role text
        items[].appointed_on text optional
        items[].appointed_before text optional
        items[].resigned_on text optional
        items[].is_pre_1992_appointment boolean optional
        items[].name text optional
        items[].address object optional
        items[].contact_details object optional
        items[].country_of_residence text optional
        items[].date_of_birth object optional
        items[].etag text optional
        items[].former_names array optional
        items[].identification object optional
        items[].identity_verification_details object optional
        items[].links object optional
        items[].name_elements object optional
        items[].nationality text optional
        items[].occupation text optional
        items[].person_number text optional
        items[].principal_office_address object optional
        items[].responsibilities text optional
        active_count number optional
        etag text optional
        inactive_count number optional
        items_per_page number optional
        kind text optional
        links object optional
        resigned_count number optional
        start_index number optional
        total_results number optional
        """);
}
