using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.OpenFda;

/// <param name="ApiKey">The value itself, or "": the API answers without one, 1,000 times a day.</param>
internal sealed record OpenFdaOptions(string ApiKey)
{
    public static OpenFdaOptions Read(IConfigurationSection options) =>
        new(options[nameof(ApiKey)] is { Length: > 0 } reference ? SecretReference.Resolve(reference, $"{options.Path}:{nameof(ApiKey)}") : "");
}
