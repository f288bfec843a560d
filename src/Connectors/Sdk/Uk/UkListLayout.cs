using System.Collections.Immutable;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Sdk.Uk;

/// <summary>A column by its title, or by any of the titles that it has had.</summary>
/// <param name="IsRequired">False where the list has done without it: then all its cells are empty.</param>
internal sealed record UkColumn(ImmutableArray<string> Titles, bool IsRequired = true)
{
    /// <summary>A column that the list does not have.</summary>
    public static UkColumn None { get; } = new([], IsRequired: false);

    public static UkColumn Of(params ReadOnlySpan<string> titles) => new([.. titles]);

    public static UkColumn Optional(params ReadOnlySpan<string> titles) => new([.. titles], IsRequired: false);
}

/// <summary>Which column of a list holds what. The names are in <c>Name 1</c> to <c>Name 6</c> in every one.</summary>
/// <param name="Party">The key that a party's rows share; found in the header only.</param>
/// <param name="Measures">What is imposed.</param>
/// <param name="Known">All columns that the list has had.</param>
internal sealed record UkListLayout(
    RecordFormat Known, UkColumn Party, UkColumn NameType, UkColumn AliasStrength, UkColumn NonLatinName, UkColumn Regime, UkColumn PartyType, UkColumn Measures, UkColumn OtherInformation, UkColumn Address,
    UkColumn Nationalities, UkColumn ListedOn, UkColumn RegistrationNumbers, UkColumn ImoNumber, UkColumn Flag, UkColumn Website);
