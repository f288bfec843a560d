namespace Risk.Connectors.Sdk;

/// <summary>How records differ from what the source's format is known to be.</summary>
public enum FieldDrift
{
    /// <summary>A field that is not known: new, or renamed.</summary>
    Unknown,

    /// <summary>A field that should be there is not.</summary>
    Missing,

    /// <summary>A field is not of its type: a text where a number was.</summary>
    Retyped,
}
