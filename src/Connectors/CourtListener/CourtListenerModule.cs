using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.CourtListener;

/// <summary>Cases against suppliers in federal courts of the United States, from the RECAP archive: bankruptcies and suits.</summary>
public sealed class CourtListenerModule : IConnectorModule
{
    internal static readonly SourceId Id = new("courtlistener");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "CourtListener, RECAP archive",
        Publisher = "Free Law Project",
        Terms = "dockets are public domain; the service's terms of use, with a free token for 5 requests a minute, 50 an hour and 125 a day",
        Homepage = "https://www.courtlistener.com/help/api/rest/",
        // Each run asks as much as leaves all three within what a token may ask in a day.
        Cron = "0 50 4,12,20 * * ?",
        Cadence = TimeSpan.FromHours(8),
        Deadline = TimeSpan.FromHours(1),
        Limit = new HostLimit(["www.courtlistener.com"], "courtlistener", 5, TimeSpan.FromMinutes(1)),
        NeedsKey = nameof(CourtListenerOptions.Token),
        // The archive has what its users paid for: that it has no case proves nothing.
        AddsTo = [SharedFeeds.Insolvency, SharedFeeds.CourtCase],
    };

    public IConnector Create(IConfigurationSection options) => new CourtListenerConnector(CourtListenerOptions.Read(options));
}

/// <summary>Options of the source, from <c>Risk:Sources:courtlistener</c>.</summary>
internal sealed class CourtListenerOptions
{
    private CourtListenerOptions(string token) => Token = token;

    /// <summary>The resolved token. The setting holds a reference to it: <c>env:NAME</c> or <c>file:PATH</c>.</summary>
    public string Token { get; }

    /// <exception cref="SourceFailureException">Misconfigured: the reference is missing or leads nowhere.</exception>
    public static CourtListenerOptions Read(IConfigurationSection options) =>
        new(SecretReference.Resolve(options[nameof(Token)], $"Risk:Sources:{CourtListenerModule.Id}:{nameof(Token)}"));

    /// <summary>Names no secret.</summary>
    public override string ToString() => nameof(CourtListenerOptions);
}
