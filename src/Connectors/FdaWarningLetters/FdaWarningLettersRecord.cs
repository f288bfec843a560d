namespace Risk.Connectors.FdaWarningLetters;

/// <summary>One row of the table, tags taken off. Text is trimmed, "" where there is none.</summary>
/// <param name="Url">Path on www.fda.gov, or absolute; the table's own export has none.</param>
/// <param name="CloseoutLetter">Not empty once FDA closed the matter.</param>
internal sealed record FdaWarningLettersRecord(string Url, string PostedDate, string LetterDate, string Company, string IssuingOffice, string Subject, string CloseoutLetter);
