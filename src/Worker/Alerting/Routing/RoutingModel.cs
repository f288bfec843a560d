using System.Collections.Immutable;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Assurance;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Escalation;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.People;

namespace Risk.Worker.Alerting.Routing;

/// <summary>A valid routing.yaml, with the silences beside it. Immutable; a reload makes a new one.</summary>
internal sealed record RoutingModel(
    RouteTree Routes,
    ImmutableSortedDictionary<string, ReceiverModel> Receivers,
    ImmutableArray<InhibitRule> InhibitRules,
    ImmutableSortedDictionary<string, TimeIntervalModel> TimeIntervals)
{
    public Silences Silences { get; init; } = Silences.None;

    /// <summary>Receiver of what is nobody's; null: each target that needs one names its own address.</summary>
    public string? FallbackReceiver { get; init; }

    /// <summary>What every person may expect of all receivers together.</summary>
    public PeoplePolicy People { get; init; } = PeoplePolicy.None;

    /// <summary>In file order; the first that takes an alert holds.</summary>
    public ImmutableArray<EscalationModel> Escalations { get; init; } = [];

    /// <summary>From how many openings within the flapping window on an alert counts as flapping.</summary>
    public int FlappingOpens { get; init; } = 3;

    /// <summary>When somebody whom the target reaches gets what waits for a digest; null: nothing ever does.</summary>
    public DigestSchedule? DigestOf(ReceiverTarget target, string recipient) => People.OwnDigests.GetValueOrDefault(recipient) ?? target.Digest ?? People.Digest;

    /// <summary>How the way of alerts itself is watched.</summary>
    public AssuranceModel Assurance { get; init; } = AssuranceModel.None;
}

/// <summary>Where a route's notifications go: any number of targets, each with its own deliveries.</summary>
internal sealed record ReceiverModel(string Name, ImmutableArray<ReceiverTarget> Targets)
{
    /// <summary>The target a stored delivery was made for, or null when the file names it no more.</summary>
    public ReceiverTarget? Target(string channel, int index) => Targets.FirstOrDefault(t => t.Channel == channel && t.Index == index);
}

/// <summary>One entry of a receiver's <c>CHANNEL_configs</c>; each channel derives its own.</summary>
/// <param name="Channel">Name of the channel, for example <c>email</c>.</param>
/// <param name="Index">Position among the receiver's targets of this channel, from 0.</param>
/// <param name="SendResolved">Whether it is told of resolved alerts.</param>
internal abstract record ReceiverTarget(string Channel, int Index, bool SendResolved)
{
    /// <summary>What fails together: the mail server, the address, the folder. For people, so without secrets.</summary>
    public abstract string Endpoint { get; }

    /// <summary>All but what is critical waits for digests; null: nothing waits.</summary>
    public DigestSchedule? Digest { get; init; }

    /// <summary>Columns of the portfolio that name recipients.</summary>
    public virtual IReadOnlyCollection<string> SupplierFields => [];

    /// <summary>Why those columns name nobody for a supplier, in words; null when they do, or when there are none.</summary>
    public virtual string? WhyNobody(Supplier supplier, DateTimeOffset at) => null;

    /// <summary>Whether it says itself who gets what those columns name nobody for.</summary>
    public virtual bool HasFallback => false;
}

/// <summary>A node of the tree with everything inherited filled in.</summary>
internal sealed record RouteNode
{
    /// <summary>Matchers from the root down, for example <c>{}/{kind="system"}</c>; names the route across reloads.</summary>
    public required string Path { get; init; }

    public required string Receiver { get; init; }

    public ImmutableArray<Matcher> Matchers { get; init; } = [];

    public bool Continue { get; init; }

    /// <summary>Labels that make a group; meaningless with <see cref="GroupByAll"/>.</summary>
    public ImmutableArray<string> GroupBy { get; init; } = [];

    /// <summary><c>group_by: ["..."]</c>: every label set is its own group.</summary>
    public bool GroupByAll { get; init; }

    /// <summary>How long a new group waits for more before its first notification. Default 30 s.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Least time between two notifications of a group. Default 5 m.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After which an unchanged group is told again. Default 4 h.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Names of intervals in which nothing is sent; not inherited, as in Alertmanager.</summary>
    public ImmutableArray<string> MuteTimeIntervals { get; init; } = [];

    /// <summary>Names of intervals outside which nothing is sent; empty: always; not inherited.</summary>
    public ImmutableArray<string> ActiveTimeIntervals { get; init; } = [];

    public ImmutableArray<RouteNode> Children { get; init; } = [];

    public bool Takes(IReadOnlyDictionary<string, string> labels) => Matchers.All(m => m.Matches(labels));

    /// <summary>The labels that name the alert's group in this route; empty values count as absent.</summary>
    public ImmutableSortedDictionary<string, string> GroupLabels(IReadOnlyDictionary<string, string> labels) => labels
        .Where(l => l.Value.Length > 0 && (GroupByAll || GroupBy.Contains(l.Key)))
        .ToImmutableSortedDictionary(StringComparer.Ordinal);
}

/// <summary>The routes, and which of them an alert takes.</summary>
internal sealed class RouteTree
{
    private readonly Dictionary<string, RouteNode> byPath = new(StringComparer.Ordinal);

    public RouteTree(RouteNode root)
    {
        Root = root;
        Add(root);
    }

    public RouteNode Root { get; }

    public IEnumerable<RouteNode> All => byPath.Values;

    public RouteNode? Find(string path) => byPath.GetValueOrDefault(path);

    /// <summary>
    /// The deepest matching routes, in file order: a node that matches hands the alert to its children; the first child that takes it ends the search among its siblings
    /// unless it says <c>continue</c>; a node none of whose children takes it takes it itself. The root takes everything, so the answer is never empty.
    /// </summary>
    public ImmutableArray<RouteNode> Match(IReadOnlyDictionary<string, string> labels)
    {
        var found = ImmutableArray.CreateBuilder<RouteNode>();
        Collect(Root, labels, found);
        return found.ToImmutable();
    }

    private static bool Collect(RouteNode node, IReadOnlyDictionary<string, string> labels, ImmutableArray<RouteNode>.Builder found)
    {
        if (!node.Takes(labels)) return false;
        int before = found.Count;
        foreach (RouteNode child in node.Children)
            if (Collect(child, labels, found) && !child.Continue) break;
        if (found.Count == before) found.Add(node);
        return true;
    }

    private void Add(RouteNode node)
    {
        byPath.Add(node.Path, node);
        foreach (RouteNode child in node.Children) Add(child);
    }
}
