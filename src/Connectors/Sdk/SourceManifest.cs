using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>What a source is, what it supplies, and on which terms. One per connector; the catalog and the documentation come from it.</summary>
public sealed record SourceManifest
{
    public required SourceId Id { get; init; }

    /// <summary>For people: "CISA Known Exploited Vulnerabilities".</summary>
    public required string Title { get; init; }

    public required string Publisher { get; init; }

    /// <summary>Licence or terms of use, in a few words.</summary>
    public required string Terms { get; init; }

    public required string Homepage { get; init; }

    /// <summary>Default Quartz cron expression (six or seven fields) in <see cref="TimeZone"/>.</summary>
    public required string Cron { get; init; }

    /// <summary>IANA zone of <see cref="Cron"/>.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>How long after the last success another run is due, for <c>run --once</c> and staleness.</summary>
    public required TimeSpan Cadence { get; init; }

    /// <summary>Whole run, from first request to last.</summary>
    public TimeSpan Deadline { get; init; } = UsualDeadline;

    private static readonly TimeSpan UsualDeadline = TimeSpan.FromMinutes(30);

    /// <summary>True for sources that ask supplier by supplier for hours: they wait for their upstream's limit most of the time, and stand in nobody's way meanwhile.</summary>
    public bool IsPaced => Deadline > UsualDeadline;

    /// <summary>Upstream hosts, and the limit that they share. Empty for sources that read local files.</summary>
    public HostLimit? Limit { get; init; }

    /// <summary>True when it asks in another way than HTTP, so that no mirror can answer: where one is set, the source runs only when it is named.</summary>
    public bool PassesMirrorBy { get; init; }

    /// <summary>The identifier a supplier needs to be covered; null: every supplier.</summary>
    public string? NeedsIdentifier { get; init; }

    /// <summary>True when the upstream refuses callers without a contact in the User-Agent.</summary>
    public bool NeedsContact { get; init; }

    /// <summary>Name of the option that holds a secret reference without which the source cannot run; null: none needed.</summary>
    public string? NeedsKey { get; init; }

    /// <summary>True when no host may lead into a private network: of sources whose hosts a file names, and of those that may call any host.</summary>
    public bool NeedsPublicHosts { get => field || Limit is { AllowsAnyHost: true }; init; }

    /// <summary>Name of the query parameter that carries a secret, so that its value is written down nowhere; "" when none does.</summary>
    public string SecretParameter { get; init; } = "";

    /// <summary>From when on the publisher will give it no more, as announced; null: nothing is announced.</summary>
    public DateTimeOffset? Sunset { get; init; }

    /// <summary>
    /// True when a run at a past instant (<see cref="FetchContext.ObservedAt"/>) tells what was public by then and nothing of what came later, so that the past can be gone through again.
    /// </summary>
    public bool KnowsItsPast { get; init; }

    public ImmutableArray<MetricDefinition> Metrics { get; init; } = [];

    /// <summary>True when the source also reads metrics that the workspace's catalog defines and gives to it.</summary>
    public bool TakesOwnMetrics { get; init; }

    public ImmutableArray<FactDefinition> Facts { get; init; } = [];

    public ImmutableArray<FeedDefinition> Feeds { get; init; } = [];

    /// <summary>How long a check counts: the shortest age of its facts and feeds; of sources that give metrics only, three rounds.</summary>
    public TimeSpan CountsFor => Feeds.Select(f => f.MaximumAge).Concat(Facts.Select(f => f.MaximumAge)).DefaultIfEmpty(Cadence * 3).Min();

    /// <summary>Feeds of other sources whose events this one is joined to. A one-shot run pulls such sources after all others.</summary>
    public ImmutableArray<string> JoinsFeeds { get; init; } = [];

    /// <summary>Feeds that the source has events for and whose silence proves nothing: nobody counts as checked because of it.</summary>
    public ImmutableArray<FeedDefinition> AddsTo { get; init; } = [];
}

/// <summary>A request limit that one or more hosts share.</summary>
/// <param name="Hosts">
/// Host names the source may call (<c>*.example.org</c>: any name below it); every other host is refused, also in redirects. <see cref="AnyHost"/>: the hosts are named by
/// the portfolio, so any that leads to public addresses.
/// </param>
/// <param name="Group">Sources with the same group share one limiter (EDGAR's three hosts).</param>
/// <param name="Permits">Requests in each <paramref name="Window"/>, spread evenly over it.</param>
/// <param name="ForbiddenMeansThrottled">True when the upstream answers 403 to callers that are too fast; such answers are waited out like a 429.</param>
public sealed record HostLimit(ImmutableArray<string> Hosts, string Group, int Permits, TimeSpan Window, bool ForbiddenMeansThrottled = false)
{
    /// <summary>Between two requests: a little more than an even share, so that requests which are late on their way do not add up to more than the limit in any window.</summary>
    public TimeSpan Interval => Window / Permits * 1.05;

    public const string AnyHost = "*";

    /// <summary>True when the portfolio says which hosts are called.</summary>
    public bool AllowsAnyHost => Hosts.Contains(AnyHost);

    public bool Allows(string host) => AllowsAnyHost || Hosts.Any(allowed => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase));
}
