using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.EuFsf;

/// <param name="Token">The value itself.</param>
internal sealed record EuFsfOptions(string Token, ListOptions List)
{
    public static EuFsfOptions Read(IConfigurationSection options, int minimumRows) =>
        new(SecretReference.Resolve(options[nameof(Token)], $"{options.Path}:{nameof(Token)}"), ListOptions.Read(options, minimumRows));
}
