using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Diagnostics;

namespace Risk.Worker.Configuration;

/// <summary>The settings under <c>Risk</c>, checked. Read once at start.</summary>
/// <param name="Workspace">Absolute path of the folder people edit.</param>
/// <param name="StorePath">Absolute path of the SQLite file.</param>
/// <param name="Clock">The instant the worker takes for now, or null for the real time.</param>
/// <param name="HealthUrl">Where <c>/health</c> and <c>/metrics</c> are served.</param>
internal sealed record RiskOptions(
    string Workspace, string StorePath, UpstreamOptions Upstreams, DateTimeOffset? Clock, string HealthUrl)
{
    /// <summary><c>host:port</c> of the Redis that workers share limits and answers through; "": each keeps its own.</summary>
    public string Redis { get; init; } = "";

    /// <summary>Where readers of mails reach the action pages; null: mails have no links.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Reference to the keys of signed links; "": a file of their own in the workspace.</summary>
    public string LinkKeys { get; init; } = "";

    /// <summary>Tokens of the API: who, and the reference to the secret.</summary>
    public ImmutableSortedDictionary<string, string> ApiTokens { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public string LinkKeyFile => Path.Combine(Workspace, ".secrets", "link-keys");

    private const double DaysAYear = 365.25;

    private const int DefaultKeepYears = 10, MostKeepYears = 100;

    /// <summary>How long screens of the portfolio against lists are kept. Default: ten years, as OFAC's record-keeping asks.</summary>
    public TimeSpan KeepScreeningsFor { get; init; } = TimeSpan.FromDays(DaysAYear * DefaultKeepYears);

    public string SnapshotFolder => Path.Combine(Workspace, ".snapshots");

    /// <summary>Upstreams' answers of earlier runs, for conditional requests.</summary>
    public string AnswerFolder => Path.Combine(Workspace, ".answers");

    public string RulesFolder => Path.Combine(Workspace, "rules");

    /// <summary>Files that declare further sources.</summary>
    public string SourcesFolder => Path.Combine(Workspace, "sources");

    public string RoutingFile => Path.Combine(Workspace, "routing.yaml");

    public string SilencesFile => Path.Combine(Workspace, "silences.yaml");

    /// <summary>Reads and checks the settings; adds every problem to <paramref name="diagnostics"/> and returns null when there is one.</summary>
    public static RiskOptions? Read(IConfiguration configuration, DiagnosticBag diagnostics)
    {
        IConfigurationSection risk = configuration.GetSection("Risk");
        int before = diagnostics.Sorted().Length;
        string workspace = Path.GetFullPath(risk["Workspace"] is { Length: > 0 } folder ? folder : "./workspace");
        string store = StoreFile(risk["Store"], workspace, diagnostics);
        string redis = risk["Redis"] ?? "";
        if (redis.Length > 0 && !(redis.Split(':') is [{ Length: > 0 } host, var port] && Uri.CheckHostName(host) != UriHostNameType.Unknown && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            Problem(diagnostics, "G004", "Redis", $"'{redis}' is no host:port; write it like redis.example.org:6379, or leave it empty: limits are kept in this process");

        Uri? mirror = null;
        if (risk["Upstreams:Mirror"] is { Length: > 0 } mirrorText
            && (!Uri.TryCreate(mirrorText.EndsWith('/') ? mirrorText : mirrorText + "/", UriKind.Absolute, out mirror) || mirror.Scheme is not ("http" or "https")))
        {
            Problem(diagnostics, "G002", "Upstreams:Mirror", $"'{mirrorText}' is not an absolute http(s) address; write it like http://127.0.0.1:9100/");
        }

        DateTimeOffset? clock = null;
        if (risk["Clock"] is { Length: > 0 } clockText)
        {
            if (DateTimeOffset.TryParse(clockText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant)) clock = instant;
            else Problem(diagnostics, "G003", "Clock", $"'{clockText}' is not an instant; write it like 2026-03-31T06:00:00Z");
        }

        Uri? publicUrl = null;
        if (risk["Http:PublicUrl"] is { Length: > 0 } publicText
            && (!Uri.TryCreate(publicText, UriKind.Absolute, out publicUrl) || publicUrl.Scheme is not ("http" or "https") || publicUrl.Query.Length + publicUrl.Fragment.Length + publicUrl.UserInfo.Length > 0))
        {
            Problem(diagnostics, "G041", "Http:PublicUrl", "this is no address of pages; write it like https://risk.example.org/, or leave it empty: mails then have no links");
        }

        string linkKeys = Reference(risk["Http:LinkKeys"], "Http:LinkKeys", diagnostics);
        var tokens = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (IConfigurationSection token in risk.GetSection("Http:Tokens").GetChildren()) tokens[token.Key] = Reference(token.Value, $"Http:Tokens:{token.Key}", diagnostics);

        string contact = risk["Upstreams:Contact"] ?? "";
        if (contact.AsSpan().IndexOfAny('\r', '\n') >= 0) Problem(diagnostics, "G005", "Upstreams:Contact", "the contact holds a line break; write one e-mail address or URL");
        int keepYears = DefaultKeepYears;
        if (risk["Screening:KeepYears"] is { Length: > 0 } years && (!int.TryParse(years, NumberStyles.None, CultureInfo.InvariantCulture, out keepYears) || keepYears is < 1 or > MostKeepYears))
            Problem(diagnostics, "G008", "Screening:KeepYears", $"'{years}' is not a whole number of years from 1 to {MostKeepYears}");
        if (diagnostics.Sorted().Length > before) return null;
        return new RiskOptions(workspace, store, new UpstreamOptions(mirror, contact), clock, risk["Health"] is { Length: > 0 } health ? health : "http://127.0.0.1:9464")
        {
            Redis = redis, PublicUrl = publicUrl, LinkKeys = linkKeys, ApiTokens = tokens.ToImmutable(), KeepScreeningsFor = TimeSpan.FromDays(DaysAYear * keepYears),
        };
    }

    /// <summary>A malformed reference is never repeated: it may be the secret itself.</summary>
    private static string Reference(string? text, string setting, DiagnosticBag diagnostics)
    {
        if (string.IsNullOrEmpty(text) || text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal)) return text ?? "";
        Problem(diagnostics, "G042", setting, "say where the secret is kept: env:NAME or file:PATH; the secret itself does not belong there");
        return "";
    }

    private static string StoreFile(string? setting, string workspace, DiagnosticBag diagnostics)
    {
        if (string.IsNullOrEmpty(setting)) return Path.Combine(workspace, "risk.db");
        if (setting.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase) && setting.Length > 7) return Path.GetFullPath(setting[7..]);
        Problem(diagnostics, "G001", "Store", "this version stores in SQLite only; write sqlite:PATH, or leave it empty for <workspace>/risk.db");
        return "";
    }

    private static void Problem(DiagnosticBag diagnostics, string code, string setting, string message) =>
        diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, code, $"Risk:{setting}: {message}", new SourcePosition("configuration", 0, 0)));
}
