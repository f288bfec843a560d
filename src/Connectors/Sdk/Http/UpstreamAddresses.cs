namespace Risk.Connectors.Sdk.Http;

/// <summary>Where a source's calls go: its own hosts only, through the mirror when there is one.</summary>
internal sealed class UpstreamAddresses(SourceManifest manifest, Uri? mirror)
{
    private readonly string? mirrorRoot = mirror?.AbsoluteUri.TrimEnd('/');

    /// <summary>The address to call for an upstream URL.</summary>
    /// <exception cref="SourceFailureException">The host is not one of the manifest's.</exception>
    public Uri Resolve(Uri upstream)
    {
        if (manifest.Limit is not { } limit || !limit.Allows(upstream.Host) || upstream.Scheme != Uri.UriSchemeHttps)
            throw new SourceFailureException(FailureKind.Misconfigured, $"{manifest.Id} may not call {upstream.Scheme}://{upstream.Host}: its manifest allows {Allowed()} over https.");
        return mirrorRoot is null ? upstream : new Uri($"{mirrorRoot}/{upstream.Host}{upstream.PathAndQuery}");
    }

    /// <summary>The upstream URL that a redirect leads to. A mirror may answer with its own address or with the upstream's.</summary>
    public Uri Follow(Uri called, Uri location)
    {
        var target = new Uri(called, location);
        if (mirrorRoot is null || !target.AbsoluteUri.StartsWith(mirrorRoot + "/", StringComparison.Ordinal)) return target;
        return new Uri("https://" + target.AbsoluteUri[(mirrorRoot.Length + 1)..]);
    }

    private string Allowed() => manifest.Limit is { } limit ? limit.AllowsAnyHost ? "any host" : string.Join(", ", limit.Hosts) : "no host";
}
