using System.Collections.Immutable;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Takes: its receiver is told. PassesOn: routes below it take it. Refuses: a matcher does not hold. NotAsked: an earlier route took it and does not continue.</summary>
internal enum RouteVerdict { Takes, PassesOn, Refuses, NotAsked }

/// <param name="Depth">0 for the root.</param>
/// <param name="Failed">The matchers that do not hold.</param>
internal sealed record RouteStep(RouteNode Route, int Depth, RouteVerdict Verdict, ImmutableArray<Matcher> Failed);

/// <summary>The way of a label set through the routes, with the reason at each: <see cref="RouteTree.Match"/> for people. Pure.</summary>
internal static class RouteTrace
{
    /// <summary>Every route in file order, but none below one that refuses or is not asked.</summary>
    public static ImmutableArray<RouteStep> Of(RouteTree routes, IReadOnlyDictionary<string, string> labels)
    {
        var steps = new List<RouteStep>();
        Walk(routes.Root, 0, labels, steps);
        return [.. steps];
    }

    private static bool Walk(RouteNode route, int depth, IReadOnlyDictionary<string, string> labels, List<RouteStep> steps)
    {
        ImmutableArray<Matcher> failed = [.. route.Matchers.Where(m => !m.Matches(labels))];
        int own = steps.Count;
        steps.Add(new RouteStep(route, depth, RouteVerdict.Refuses, failed));
        if (!failed.IsEmpty) return false;
        bool taken = false, asks = true;
        foreach (RouteNode child in route.Children)
        {
            if (!asks)
            {
                steps.Add(new RouteStep(child, depth + 1, RouteVerdict.NotAsked, []));
            }
            else if (Walk(child, depth + 1, labels, steps))
            {
                taken = true;
                asks = child.Continue;
            }
        }

        steps[own] = steps[own] with { Verdict = taken ? RouteVerdict.PassesOn : RouteVerdict.Takes };
        return true;
    }
}
