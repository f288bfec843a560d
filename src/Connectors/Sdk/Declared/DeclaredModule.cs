using Microsoft.Extensions.Configuration;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>A source out of a file: the same to the worker as any other.</summary>
internal sealed class DeclaredModule(DeclaredSource source) : IConnectorModule
{
    public SourceManifest Manifest => source.Manifest;

    public string Readme => $"# {source.Manifest.Id}\n\n{source.About}";

    public IConnector Create(IConfigurationSection options) => new DeclaredConnector(source, source.Secret is { } secret ? Sdk.SecretReference.Resolve(secret.Reference, Setting) : "");

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "";
        try
        {
            if (source.Secret is { } secret) SecretReference.Resolve(secret.Reference, Setting);
        }
        catch (SourceFailureException missing)
        {
            reason = missing.Message.TrimEnd('.');
        }

        return reason.Length == 0;
    }

    private string Setting => $"secret of source {source.Manifest.Id}";
}
