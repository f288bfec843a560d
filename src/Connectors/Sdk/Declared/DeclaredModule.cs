using Microsoft.Extensions.Configuration;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>A source out of a file: the same to the worker as any other.</summary>
internal sealed class DeclaredModule(DeclaredSource source) : IConnectorModule
{
    public SourceManifest Manifest => source.Manifest;

    public string Readme => $"# {source.Manifest.Id}\n\n{source.About}";

    public IConnector Create(IConfigurationSection options) => new DeclaredConnector(source, source.Secret is { } secret ? Resolve(options, secret) : "");

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "";
        try
        {
            if (source.Secret is { } secret) Resolve(options, secret);
        }
        catch (SourceFailureException missing)
        {
            reason = missing.Message.TrimEnd('.');
        }

        return reason.Length == 0;
    }

    /// <summary>The file's reference, or the one that the settings give instead.</summary>
    private string Resolve(IConfigurationSection options, DeclaredSecret secret) =>
        options["Secret"] is { Length: > 0 } instead ? SecretReference.Resolve(instead, options.Path + ":Secret") : SecretReference.Resolve(secret.Reference, $"The secret of source {source.Manifest.Id}");
}
