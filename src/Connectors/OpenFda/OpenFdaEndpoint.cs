using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.OpenFda;

/// <summary>Where records are.</summary>
/// <param name="Date">The field that says when they were published.</param>
/// <param name="IsNeeded">False where the others have most of it too: it may be missing.</param>
internal sealed record OpenFdaEndpoint(string Path, string Date, RecordFormat Format, bool IsNeeded = true)
{
    private static readonly RecordFormat Enforcement = RecordFormat.Of("""
        address_1 text optional
        address_2 text optional
        center_classification_date text optional
        city text
        classification text
        code_info text optional
        country text
        distribution_pattern text optional
        event_id text
        initial_firm_notification text optional
        more_code_info text optional
        openfda object optional
        postal_code text optional
        product_code text optional
        product_description text
        product_quantity text optional
        product_type text
        reason_for_recall text
        recall_initiation_date text
        recall_number text optional
        recalling_firm text
        report_date text
        state text
        status text
        termination_date text optional
        voluntary_mandated text optional
        @id text optional
        @epoch number optional
        """);

    private static readonly RecordFormat Recall = RecordFormat.Of("""
        cfres_id text optional
        product_res_number text
        event_date_initiated text
        event_date_posted text optional
        event_date_created text optional
        event_date_terminated text optional
        recall_status text optional
        res_event_number text
        product_code text optional
        k_numbers array optional
        pma_numbers array optional
        other_submission_description text optional
        product_description text
        code_info text optional
        recalling_firm text
        firm_fei_number text optional
        address_1 text optional
        address_2 text optional
        city text optional
        state text optional
        postal_code text optional
        country text optional
        additional_info_contact text optional
        reason_for_recall text
        root_cause_description text optional
        action text optional
        product_quantity text optional
        distribution_pattern text optional
        openfda object optional
        """);

    public static readonly OpenFdaEndpoint[] All =
    [
        new("drug/enforcement", "report_date", Enforcement), new("device/enforcement", "report_date", Enforcement), new("food/enforcement", "report_date", Enforcement),
        new("device/recall", "event_date_posted", Recall, IsNeeded: false),
    ];
}
