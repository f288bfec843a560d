using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.OfacCons;

/// <summary>No party of these lists is blocked by being on them; who is blocked as well is on the SDN list.</summary>
internal static class OfacConsMapper
{
    // The event's id says neither list nor programme: a party keeps its number when it moves between them.
    public static ListEntry Map(OfacParty party) => party.ToEntry("cons-", "the OFAC consolidated list (not blocked, some dealings forbidden)", "ofac-cons", ListKind.Restricting);
}
