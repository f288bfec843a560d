using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.EuFsf;

/// <summary>What an entry of the list is known to have; most of it is in attributes.</summary>
internal static class EuFsfFormat
{
    public static readonly RecordFormat Entry = RecordFormat.Of("""
        @designationDate any optional
        @designationDetails any optional
        @unitedNationId any optional
        @euReferenceNumber any
        @logicalId any
        remark any optional
        regulation any
        regulation.publicationUrl any optional
        regulation.@organisationType any optional
        regulation.@logicalId any optional
        regulation.@programme any optional
        regulation.@numberTitle any optional
        regulation.@regulationType any optional
        regulation.@publicationDate any optional
        regulation.@entryIntoForceDate any optional
        subjectType any
        subjectType.@code any optional
        subjectType.@classificationCode any optional
        nameAlias any
        nameAlias.regulationSummary any optional
        nameAlias.remark any optional
        nameAlias.@logicalId any optional
        nameAlias.@regulationLanguage any optional
        nameAlias.@firstName any optional
        nameAlias.@middleName any optional
        nameAlias.@lastName any optional
        nameAlias.@wholeName any optional
        nameAlias.@function any optional
        nameAlias.@gender any optional
        nameAlias.@title any optional
        nameAlias.@nameLanguage any optional
        nameAlias.@strong any optional
        citizenship any optional
        citizenship.regulationSummary any optional
        citizenship.remark any optional
        citizenship.@logicalId any optional
        citizenship.@regulationLanguage any optional
        citizenship.@region any optional
        citizenship.@countryIso2Code any optional
        citizenship.@countryDescription any optional
        birthdate any optional
        birthdate.regulationSummary any optional
        birthdate.remark any optional
        birthdate.@logicalId any optional
        birthdate.@regulationLanguage any optional
        birthdate.@birthdate any optional
        birthdate.@circa any optional
        birthdate.@calendarType any optional
        birthdate.@dayOfMonth any optional
        birthdate.@monthOfYear any optional
        birthdate.@year any optional
        birthdate.@yearRangeFrom any optional
        birthdate.@yearRangeTo any optional
        birthdate.@city any optional
        birthdate.@place any optional
        birthdate.@region any optional
        birthdate.@zipCode any optional
        birthdate.@countryIso2Code any optional
        birthdate.@countryDescription any optional
        identification any optional
        identification.regulationSummary any optional
        identification.remark any optional
        identification.@logicalId any optional
        identification.@regulationLanguage any optional
        identification.@diplomatic any optional
        identification.@knownExpired any optional
        identification.@knownFalse any optional
        identification.@reportedLost any optional
        identification.@revokedByIssuer any optional
        identification.@issuedBy any optional
        identification.@issueDate any optional
        identification.@validFrom any optional
        identification.@validTo any optional
        identification.@latinNumber any optional
        identification.@nameOnDocument any optional
        identification.@number any optional
        identification.@region any optional
        identification.@countryIso2Code any optional
        identification.@countryDescription any optional
        identification.@identificationTypeCode any optional
        identification.@identificationTypeDescription any optional
        address any optional
        address.regulationSummary any optional
        address.remark any optional
        address.@logicalId any optional
        address.@regulationLanguage any optional
        address.@city any optional
        address.@street any optional
        address.@poBox any optional
        address.@zipCode any optional
        address.@region any optional
        address.@place any optional
        address.@asAtListingTime any optional
        address.@countryIso2Code any optional
        address.@countryDescription any optional
        address.contactInfo any optional
        """);
}
