using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Options of the source, from <c>Risk:Sources:companies-house</c>.</summary>
internal sealed class CompaniesHouseOptions
{
    private CompaniesHouseOptions(string apiKey) => ApiKey = apiKey;

    /// <summary>The resolved API key. The setting holds a reference to it: <c>env:NAME</c> or <c>file:PATH</c>.</summary>
    public string ApiKey { get; }

    /// <exception cref="SourceFailureException">Misconfigured: the reference is missing or leads nowhere.</exception>
    public static CompaniesHouseOptions Read(IConfigurationSection options) =>
        new(SecretReference.Resolve(options[nameof(ApiKey)], $"Risk:Sources:{CompaniesHouseModule.Id}:{nameof(ApiKey)}"));

    /// <summary>Names no secret.</summary>
    public override string ToString() => nameof(CompaniesHouseOptions);
}
