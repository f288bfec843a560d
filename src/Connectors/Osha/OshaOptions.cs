using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.Osha;

/// <param name="ApiKey">The value itself, or "" where only files are read.</param>
internal sealed record OshaOptions(string ApiKey)
{
    public static OshaOptions Read(IConfigurationSection options) =>
        new(options[nameof(ApiKey)] is { Length: > 0 } reference ? SecretReference.Resolve(reference, $"{options.Path}:{nameof(ApiKey)}") : "");
}
