using System.Text.Json.Serialization;

namespace Risk.Connectors.Sdk.News;

/// <summary>One bad thing about one supplier, and who reported it. As it is kept between runs.</summary>
internal sealed class AdverseStory
{
    /// <summary>Reports that are kept; further ones prove nothing that these do not.</summary>
    public const int MostReports = 40;

    public required string Supplier { get; init; }

    /// <summary>Stable: of the first report that was read.</summary>
    public required string Id { get; init; }

    /// <summary>What happened, as <see cref="AdverseWords"/> calls it.</summary>
    public required string Type { get; init; }

    /// <summary>Shared with the same story as another source tells it.</summary>
    public required string Story { get; init; }

    /// <summary>True once a report named the supplier beyond doubt.</summary>
    public bool IsSure { get; set; }

    /// <summary>When a report of it was last there to be read.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>By date, then address.</summary>
    public List<Report> Reports { get; init; } = [];

    /// <summary>Independent reports: those of one owner, and copies of one text, count once.</summary>
    public IReadOnlyList<Report> Independent()
    {
        var groups = new int[Reports.Count];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = i;
            for (int j = 0; j < i; j++)
            {
                if (groups[j] != groups[i] && IsSameVoice(Reports[i], Reports[j])) Join(groups, groups[i], groups[j]);
            }
        }

        return [.. Reports.Where((_, i) => groups[i] == i)];
    }

    private static bool IsSameVoice(Report one, Report other) =>
        one.Outlet.Length == 0 || other.Outlet.Length == 0 || one.Owner == other.Owner || Headline.Likeness(one.Words, other.Words) >= Headline.Copy;

    /// <summary>Every group is called by its earliest report.</summary>
    private static void Join(int[] groups, int one, int other)
    {
        int earliest = Math.Min(one, other), later = Math.Max(one, other);
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i] == later) groups[i] = earliest;
        }
    }
}

/// <summary>One article of a story.</summary>
internal sealed record Report(string Key, string Title, string Url, string Outlet, DateTimeOffset At, string Language)
{
    [JsonIgnore]
    public string Owner => field ??= Outlets.OwnerOf(Outlet);

    [JsonIgnore]
    public HashSet<string> Words => field ??= Headline.Words(Title);
}
