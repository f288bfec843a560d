using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.SamExclusions;

/// <param name="ApiKey">The value itself.</param>
internal sealed record SamExclusionsOptions(string ApiKey, ListOptions List)
{
    public static SamExclusionsOptions Read(IConfigurationSection options, int minimumRows) =>
        new(SecretReference.Resolve(options[nameof(ApiKey)], $"{options.Path}:{nameof(ApiKey)}"), ListOptions.Read(options, minimumRows));
}
