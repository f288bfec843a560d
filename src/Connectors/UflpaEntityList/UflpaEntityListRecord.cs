namespace Risk.Connectors.UflpaEntityList;

/// <summary>One row of one of the page's tables, tags taken off.</summary>
/// <param name="Name">With other names in brackets or after "also known as".</param>
/// <param name="EffectiveDate">As in "June 21, 2022".</param>
/// <param name="Section">The paragraph of the Act that the table is for, or "".</param>
internal sealed record UflpaEntityListRecord(string Name, string EffectiveDate, string Section);
