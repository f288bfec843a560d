using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.OfacSdn;

/// <summary>Every party of this list is blocked.</summary>
internal static class OfacSdnMapper
{
    public static ListEntry Map(OfacParty party) => party.ToEntry("sdn-", "the OFAC SDN list", "ofac-sdn", ListKind.Blocking);
}
