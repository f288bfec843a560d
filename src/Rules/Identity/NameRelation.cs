namespace Risk.Rules.Identity;

/// <summary>How two company names are related, the closest first.</summary>
public enum NameRelation
{
    /// <summary>The same words and the same legal form, whatever the writing of either.</summary>
    Same,

    /// <summary>The same words; neither name states a legal form.</summary>
    SameWithoutForm,

    /// <summary>A slip, a plural, an abbreviation, other spaces, or cut off at the end; the legal form is the same.</summary>
    OtherSpelling,

    /// <summary>The same words; one of the names lacks the legal form.</summary>
    FormMissing,

    /// <summary>The same words and another legal form: a sister, or the same company before or after its form changed.</summary>
    OtherForm,

    /// <summary>The same distinctive words; a place, a number or a general word (group, holdings) differs: a sister.</summary>
    Sister,

    /// <summary>Nearly the same, and too short or too different to be more than a hint.</summary>
    Similar,

    Different,
}
