using System.Collections.Immutable;
using System.Net;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers;

/// <summary>An address that messages are POSTed to, and how: Alertmanager's <c>url</c> and <c>http_config</c>.</summary>
/// <param name="Url">Null when <paramref name="UrlReference"/> holds it (URLs with a token in them are secrets).</param>
/// <param name="UrlReference"><c>file:PATH</c> or <c>env:NAME</c>, or "".</param>
/// <param name="Allow">Private networks it may reach.</param>
internal sealed record HttpTarget(Uri? Url, string UrlReference, ImmutableArray<IPNetwork> Allow)
{
    /// <summary>Scheme of the Authorization header, for example Bearer; "" for none.</summary>
    public string AuthorizationType { get; init; } = "";

    /// <summary>Reference to what follows the scheme; of <c>basic_auth</c> to the password.</summary>
    public string CredentialsReference { get; init; } = "";

    /// <summary>User of <c>basic_auth</c>, or "".</summary>
    public string UserName { get; init; } = "";

    /// <summary>PEM file with the only certificate authorities that are trusted for it; "": those of the machine.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>What deliveries and the ledger name it by: without the query. Where the path is the secret too, a reference is the way.</summary>
    public string Name => Url is { } url ? url.GetLeftPart(UriPartial.Authority) + url.AbsolutePath : UrlReference;

    public static Uri? ParseUrl(string text) => Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 ? url : null;
}

/// <summary>Reads the settings that all receivers over HTTP share.</summary>
internal static class HttpTargetReader
{
    public const string AllowKey = "webhook_allow";
    public const string ConfigKey = "http_config";

    /// <param name="key">The setting that holds the address; <c>KEY_file</c> names a file with it.</param>
    /// <param name="isSecret">The address itself opens the door, so only a reference is taken.</param>
    /// <param name="otherwise">The address when none is given; null: one is required.</param>
    public static HttpTarget? Read(ConfigSection config, ConfigSection global, string key, bool isSecret, Uri? otherwise = null)
    {
        string fileKey = key + "_file";
        string reference = config.Text(fileKey) is { } file ? "file:" + file : "";
        Uri? url = null;
        if (config.Has(key) && config.Has(fileKey)) config.Error("T003", $"write either '{key}' or '{fileKey}'", config.At(fileKey));
        else if (config.Text(key) is not { } text) url = reference.Length == 0 ? otherwise : null;
        else if (SecretReader.IsReference(text)) reference = text;
        else if (isSecret) config.Error("T017", $"'{key}' must be a reference, env:NAME or file:PATH (or {fileKey}: PATH): whoever has the address can post there, so it does not belong into this file", config.At(key));
        else if ((url = HttpTarget.ParseUrl(text)) is null) config.Error("T016", $"'{key}' must be an absolute http(s) address without user name", config.At(key), Math.Max(1, text.Length));
        if (!config.Has(key) && !config.Has(fileKey) && otherwise is null) config.Error("T003", $"'{key}' or '{fileKey}' is missing: where it is posted to", config.Node);
        ImmutableArray<IPNetwork> allow = Allow(global);
        if (url is not null && IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out IPAddress? address) && !PublicAddress.MayConnect(address, allow))
            config.Warning("T021", $"nothing can be sent to {address}: it is no public address; if it is meant, add its network to global: {AllowKey}", config.At(key), Math.Max(1, config.Text(key)!.Length));
        return url is null && reference.Length == 0 ? null : WithConfig(new HttpTarget(url, reference, allow), config);
    }

    /// <summary>The setting's reference, or that of <c>KEY_file</c>; null when neither is there or (reported) it is no reference.</summary>
    public static string? Secret(ConfigSection config, string key)
    {
        if (config.Has(key) && config.Has(key + "_file")) config.Error("T017", $"write either '{key}' or '{key}_file'", config.At(key + "_file"));
        if (config.Text(key + "_file") is { } file) return "file:" + file;
        if (config.Text(key) is not { } reference) return null;
        if (SecretReader.IsReference(reference)) return reference;
        config.Error("T017", $"'{key}' must be a reference, env:NAME or file:PATH; secrets do not belong into this file", config.At(key));
        return null;
    }

    private static HttpTarget WithConfig(HttpTarget target, ConfigSection config)
    {
        if (config.Section(ConfigKey) is not { } http) return target;
        http.RefuseUnknownKeys($"'{ConfigKey}'", ["authorization", "basic_auth", "tls_config"]);
        if (http.Has("authorization") && http.Has("basic_auth")) http.Error("T003", "write either 'authorization' or 'basic_auth'", http.At("basic_auth"));
        if (http.Section("authorization") is { } authorization)
        {
            authorization.RefuseUnknownKeys("'authorization'", ["type", "credentials", "credentials_file"]);
            string type = authorization.Text("type") ?? "Bearer";
            if (type.Length == 0 || !type.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) authorization.Error("T016", $"'{type}' is no authorization type; write for example Bearer", authorization.At("type"), Math.Max(1, type.Length));
            if (Secret(authorization, "credentials") is { } credentials) target = target with { AuthorizationType = type, CredentialsReference = credentials };
            else if (!authorization.Has("credentials") && !authorization.Has("credentials_file")) authorization.Error("T003", "'credentials_file' is missing: where the token is", authorization.Node);
        }

        if (http.Section("basic_auth") is { } basic)
        {
            basic.RefuseUnknownKeys("'basic_auth'", ["username", "password", "password_file"]);
            string? user = basic.Required("username", "who logs in"), password = Secret(basic, "password");
            if (user is not null && user.Contains(':', StringComparison.Ordinal)) basic.Error("T016", "a user name with ':' cannot be sent as basic_auth", basic.At("username"), user.Length);
            if (!basic.Has("password") && !basic.Has("password_file")) basic.Error("T003", "'password_file' is missing: where the password is", basic.Node);
            if (user is not null && password is not null) target = target with { AuthorizationType = "Basic", UserName = user, CredentialsReference = password };
        }

        if (http.Section("tls_config") is { } tls)
        {
            tls.RefuseUnknownKeys("'tls_config' (certificates are always verified)", ["ca_file"]);
            if (tls.Required("ca_file", "the PEM file with the authorities to trust") is { } ca) target = target with { CaFile = ca };
        }

        return target;
    }

    private static ImmutableArray<IPNetwork> Allow(ConfigSection global)
    {
        var allow = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (ScalarNode text in global.Scalars(AllowKey))
        {
            if (IPNetwork.TryParse(text.Text, out IPNetwork network)) allow.Add(network);
            else global.Error("T016", $"'{text.Text}' is no network; write for example 10.20.0.0/16 or 127.0.0.1/32", text, Math.Max(1, text.Text.Length));
        }

        return allow.ToImmutable();
    }
}
