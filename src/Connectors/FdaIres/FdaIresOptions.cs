using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.FdaIres;

/// <param name="AuthorizationUser">The account's name, the value itself.</param>
/// <param name="AuthorizationKey">The value itself.</param>
internal sealed record FdaIresOptions(string AuthorizationUser, string AuthorizationKey)
{
    public static FdaIresOptions Read(IConfigurationSection options) => new(
        SecretReference.Resolve(options[nameof(AuthorizationUser)], $"{options.Path}:{nameof(AuthorizationUser)}"),
        SecretReference.Resolve(options[nameof(AuthorizationKey)], $"{options.Path}:{nameof(AuthorizationKey)}"));
}
