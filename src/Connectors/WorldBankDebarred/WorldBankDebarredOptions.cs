using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.WorldBankDebarred;

/// <param name="ApiKey">The value itself.</param>
internal sealed record WorldBankDebarredOptions(string ApiKey, ListOptions List)
{
    public static WorldBankDebarredOptions Read(IConfigurationSection options, int minimumRows) =>
        new(SecretReference.Resolve(options[nameof(ApiKey)], $"{options.Path}:{nameof(ApiKey)}"), ListOptions.Read(options, minimumRows));
}
