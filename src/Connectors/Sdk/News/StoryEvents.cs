using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.News;

/// <summary>How far a story is believed: the stage of its event, which rules can ask for.</summary>
internal static class StoryStages
{
    /// <summary>It may be about another company of the name.</summary>
    public const string Possible = "possible";

    /// <summary>One voice tells it.</summary>
    public const string Single = "single";

    /// <summary>Two or more that do not belong together and did not copy each other.</summary>
    public const string Corroborated = "corroborated";
}

/// <summary>Makes the event of one story.</summary>
internal static class StoryEvents
{
    private const int MaximumExcerpt = 1000, MaximumTitle = 200, ReportsShown = 6, Countable = 10;

    /// <summary>What a corroborated story weighs; the categories that are not here weigh <see cref="Usual"/>.</summary>
    private static readonly FrozenDictionary<string, int> Weights = new Dictionary<string, int>
    {
        ["insolvency"] = 4, ["cyber"] = 4, ["fraud"] = 4, ["fire"] = 4, ["lawsuit"] = 2,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private const int Usual = 3, UncorroboratedLoss = 2;

    /// <param name="reports">Those of the story, and what other sources tell of it.</param>
    public static EventSignal Of(AdverseStory story, IReadOnlyList<Report> reports, SourceId source, DateTimeOffset observedAt)
    {
        var all = new AdverseStory { Supplier = story.Supplier, Id = story.Id, Type = story.Type, Story = story.Story, Reports = [.. reports.OrderBy(r => r.At).ThenBy(r => r.Key, StringComparer.Ordinal)] };
        IReadOnlyList<Report> independent = all.Independent();
        Report first = story.Reports[0];
        Report shown = story.Reports.FirstOrDefault(r => r.Language is "en" or "") ?? first;
        string stage = !story.IsSure ? StoryStages.Possible : independent.Count > 1 ? StoryStages.Corroborated : StoryStages.Single;
        int weight = Weights.GetValueOrDefault(story.Type, Usual);
        string excerpt = Excerpt(independent);
        return new EventSignal
        {
            Supplier = new SupplierId(story.Supplier),
            Source = source,
            Name = SharedFeeds.AdverseMedia.Name,
            Id = story.Id,
            Type = story.Type,
            Title = Shortened((story.IsSure ? "" : "May be about another company: ") + Headline.WithoutOutlet(shown.Title), MaximumTitle),
            Severity = stage switch { StoryStages.Corroborated => weight, StoryStages.Single => Math.Max(1, weight - UncorroboratedLoss), _ => 1 },
            Stage = stage,
            Story = story.Story,
            // What is dated ahead has happened by now.
            OccurredAt = first.At > observedAt ? observedAt : first.At,
            ObservedAt = observedAt,
            Evidence = new Evidence(shown.Url, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
        };
    }

    /// <summary>Domain of an address without <c>www.</c>, or "".</summary>
    public static string HostOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url.Host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? url.Host[4..] : url.Host : "";

    /// <summary>Copies change nothing in it: whoever accepted the risk of a story is asked again when something new was said, not when it was said again.</summary>
    private static string Excerpt(IReadOnlyList<Report> independent)
    {
        string count = independent.Count switch
        {
            1 => "One report",
            >= Countable => string.Create(CultureInfo.InvariantCulture, $"{Countable} or more independent reports"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{independent.Count} independent reports"),
        };
        IEnumerable<string> lines = independent.Take(ReportsShown).Select(r => string.Create(CultureInfo.InvariantCulture, $"{(r.Outlet.Length > 0 ? r.Outlet : "unknown outlet")} {r.At.UtcDateTime:yyyy-MM-dd}: {Shortened(r.Title, 120)}"));
        return Shortened($"{count}. {string.Join("; ", lines)}", MaximumExcerpt);
    }

    private static string Shortened(string text, int most)
    {
        if (text.Length <= most) return text;
        int cut = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text[..cut] + "…";
    }
}
