using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Gleif;

/// <summary>The members that answers about LEIs are known to have.</summary>
internal static class GleifFormats
{
    public static RecordFormat Record { get; } = RecordFormat.Of("""
        meta object optional
        data object
        data.type text
        data.id text
        data.links object optional
        data.relationships object optional
        data.attributes object
        data.attributes.lei text
        data.attributes.bic array optional
        data.attributes.mic array optional
        data.attributes.ocid text optional
        data.attributes.qcc text optional
        data.attributes.gem text|array optional
        data.attributes.spglobal array optional
        data.attributes.conformityFlag text optional
        data.attributes.entity object
        data.attributes.entity.legalName object
        data.attributes.entity.otherNames array optional
        data.attributes.entity.transliteratedOtherNames array optional
        data.attributes.entity.legalAddress object optional
        data.attributes.entity.headquartersAddress object optional
        data.attributes.entity.otherAddresses array optional
        data.attributes.entity.transliteratedOtherAddresses array optional
        data.attributes.entity.registeredAt object optional
        data.attributes.entity.registeredAs text optional
        data.attributes.entity.jurisdiction text optional
        data.attributes.entity.category text optional
        data.attributes.entity.subCategory text optional
        data.attributes.entity.legalForm object optional
        data.attributes.entity.associatedEntity object optional
        data.attributes.entity.status text
        data.attributes.entity.expiration object optional
        data.attributes.entity.successorEntity object optional
        data.attributes.entity.successorEntities array optional
        data.attributes.entity.successorEntities[].lei text optional
        data.attributes.entity.successorEntities[].name text optional
        data.attributes.entity.creationDate text optional
        data.attributes.entity.eventGroups array optional
        data.attributes.entity.eventGroups[].groupType text optional
        data.attributes.entity.eventGroups[].events array
        data.attributes.entity.eventGroups[].events[].type text
        data.attributes.entity.eventGroups[].events[].status text
        data.attributes.entity.eventGroups[].events[].effectiveDate text optional
        data.attributes.entity.eventGroups[].events[].recordedDate text optional
        data.attributes.entity.eventGroups[].events[].validationDocuments text optional
        data.attributes.entity.eventGroups[].events[].validationReference text optional
        data.attributes.entity.eventGroups[].events[].affectedFields array optional
        data.attributes.registration object
        data.attributes.registration.initialRegistrationDate text
        data.attributes.registration.lastUpdateDate text
        data.attributes.registration.status text
        data.attributes.registration.nextRenewalDate text
        data.attributes.registration.managingLou text optional
        data.attributes.registration.corroborationLevel text optional
        data.attributes.registration.validatedAt object optional
        data.attributes.registration.validatedAs text optional
        data.attributes.registration.otherValidationAuthorities array optional
        """);

    public static RecordFormat Exception { get; } = RecordFormat.Of("""
        meta object optional
        data object
        data.type text
        data.id text
        data.relationships object optional
        data.attributes object
        data.attributes.lei text
        data.attributes.category text
        data.attributes.reason text
        data.attributes.reference text|array optional
        data.attributes.validFrom text optional
        data.attributes.validTo text optional
        """);
}
