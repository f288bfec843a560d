using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Muting;

/// <summary>Understands silences.yaml: everything that is wrong with it at once, or the silences that are not over.</summary>
/// <remarks>Codes besides those of routing.yaml: T041 hides everything, T042 the period, T043 too long without an approver, T044 is over, T045 a trap in a negative matcher.</remarks>
internal sealed class SilenceReader(RoutingVocabulary vocabulary)
{
    /// <summary>What a silence may last when nobody has approved it.</summary>
    public static readonly TimeSpan LongestUnapproved = TimeSpan.FromDays(90);

    private static readonly string[] Keys = ["id", "matchers", "starts", "ends", "author", "approved_by", "reason", "ticket"];

    /// <summary>Every alert has them (RULES.md 4.5), so a negative matcher on them catches no alert without the label.</summary>
    private static readonly string[] AlwaysThere = ["rule", "category", "severity", "kind"];

    private readonly MatcherReader matcherReader = new(vocabulary);

    /// <param name="now">What ended before is left out with a warning; null: nothing is over.</param>
    /// <returns>The silences, or null when there is any error; warnings come with them.</returns>
    public (Silences? Silences, ImmutableArray<Diagnostic> Diagnostics) Read(Document document, DateTimeOffset? now)
    {
        if (document.Root is null) return (null, []);
        var diagnostics = new DiagnosticBag();
        var file = new ConfigSection(document, document.Root, diagnostics);
        file.RefuseUnknownKeys("silences.yaml", ["schema", "silences"]);
        if (file.Required("schema", "write schema: silences/1") is { } schema && schema != "silences/1")
            file.Error("T001", $"schema '{schema}' is not known; this version reads silences/1", file.At("schema"), schema.Length);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var silences = ImmutableArray.CreateBuilder<Silence>();
        foreach (ConfigSection section in file.Sections("silences"))
        {
            if (Read(section, ids) is not { } silence) continue;
            if (silence.EndsAt <= now) section.Warning("T044", $"silence '{silence.Id}' is over since {Text(silence.EndsAt)}; take it out", section.At("id"), silence.Id.Length);
            else silences.Add(silence);
        }

        return (diagnostics.HasErrors ? null : new Silences(silences.ToImmutable()), diagnostics.Sorted());
    }

    private Silence? Read(ConfigSection section, HashSet<string> ids)
    {
        section.RefuseUnknownKeys("a silence", Keys);
        string? id = Words(section, "id", "alerts and messages name the silence by it");
        if (id is not null && !ids.Add(id)) section.Error("T009", $"there are two silences '{id}'; rename one", section.At("id"), id.Length);
        ImmutableArray<Matcher> matchers = matcherReader.Read(section, "matchers");
        if (!section.Has("matchers")) section.Error("T003", "'matchers' is missing: it says which alerts are silenced", section.Node);
        else if (matchers.All(m => m.Matches(""))) section.Error("T041", "this silences alerts that have none of these labels too; name at least one label with a value it must have", section.At("matchers"));
        else CheckNegative(section, matchers);
        (DateTimeOffset starts, DateTimeOffset ends)? period = Period(section);
        string? author = Words(section, "author", "who asked for it"), reason = Words(section, "reason", "why these alerts may go unheard");
        if (id is null || period is null || author is null || reason is null) return null;
        return new Silence(id, matchers, period.Value.starts, period.Value.ends, author, section.Text("approved_by")?.Trim() ?? "", reason, section.Text("ticket")?.Trim() ?? "");
    }

    /// <summary>A negative matcher holds for alerts that lack the label, which is hardly ever meant (alertmanager#3905).</summary>
    private static void CheckNegative(ConfigSection section, ImmutableArray<Matcher> matchers)
    {
        foreach (Matcher matcher in matchers.Where(m => m.Operator is MatchOperator.NotEqual or MatchOperator.NotRegex && m.Matches("") && !AlwaysThere.Contains(m.Label)))
        {
            if (matchers.Any(m => m.Label == matcher.Label && m.Operator is MatchOperator.Equal or MatchOperator.Regex)) continue;
            section.Error("T045", $"{matcher} also silences alerts that have no '{matcher.Label}' at all; add {matcher.Label}=~\".+\" to leave those out, or {matcher.Label}=~\".*\" if they are meant", section.At("matchers"));
        }
    }

    private static (DateTimeOffset Starts, DateTimeOffset Ends)? Period(ConfigSection section)
    {
        (DateTimeOffset From, DateTimeOffset After)? first = Instant(section, "starts", "from when the alerts are silenced");
        (DateTimeOffset From, DateTimeOffset After)? last = Instant(section, "ends", "a silence must end; at most 90 days after it starts, or approved_by says who agreed");
        if (first is not { } starts || last is not { } ends) return null;
        if (ends.After <= starts.From)
        {
            section.Error("T042", "'ends' must be after 'starts'", section.At("ends"));
            return null;
        }

        if (ends.After - starts.From > LongestUnapproved && string.IsNullOrWhiteSpace(section.Text("approved_by")))
            section.Error("T043", "longer than 90 days: say in approved_by who agreed, or let it end earlier", section.At("ends"));
        return (starts.From, ends.After);
    }

    private static (DateTimeOffset From, DateTimeOffset After)? Instant(ConfigSection section, string key, string why)
    {
        if (section.Required(key, why) is not { } text) return null;
        if (DocumentReading.TryInstant(text, out DateTimeOffset from, out DateTimeOffset after)) return (from, after);
        section.Error("T042", $"'{text}' is no date or instant with a zone; write for example 2026-03-31 (the whole day, UTC) or 2026-03-31T06:00:00Z", section.At(key), Math.Max(1, text.Length));
        return null;
    }

    /// <summary>A text that must be there and say something.</summary>
    private static string? Words(ConfigSection section, string key, string why)
    {
        if (section.Required(key, why) is not { } text) return null;
        if (text.Trim() is { Length: > 0 } words) return words;
        section.Error("T003", $"'{key}' is empty: {why}", section.At(key));
        return null;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
