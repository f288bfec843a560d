using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;

namespace Risk.Worker.Cli;

/// <summary>The manual of the sources, written from their manifests and READMEs: a page for each, an index, and a page of all that rules may name. Pure.</summary>
internal static class SourceMarkdown
{
    private const string Written = "Written by `risk sources docs` from the manifests and READMEs of the connectors; do not edit.";

    /// <param name="modules">The sources, by id.</param>
    /// <returns>File name to text.</returns>
    public static ImmutableSortedDictionary<string, string> Pages(IReadOnlyCollection<IConnectorModule> modules)
    {
        var pages = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (IConnectorModule module in modules) pages.Add($"{module.Manifest.Id}.md", Page(module));
        pages.Add("README.md", Index(modules));
        pages.Add("catalog.md", Catalog([.. modules.Select(m => m.Manifest)]));
        return pages.ToImmutable();
    }

    private static string Index(IReadOnlyCollection<IConnectorModule> modules)
    {
        var text = new StringBuilder();
        Line(text, $"# {CommandOutput.Count(modules.Count, "source")}");
        Line(text);
        Line(text, $"{Written} What all of them have in common is in [connectors.md](../connectors.md); every metric, fact and feed is in [catalog.md](catalog.md).");
        Line(text);
        Line(text, "| id | source | gives | covers | runs | every | terms |");
        Line(text, "|---|---|---|---|---|---|---|");
        foreach (IConnectorModule module in modules)
        {
            SourceManifest manifest = module.Manifest;
            string[] names = [.. manifest.Feeds.Select(f => f.Name), .. manifest.Metrics.Select(m => m.Name), .. manifest.Facts.Select(f => f.Name)];
            string gives = string.Join(", ", names.Take(4).Select(n => $"`{n}`")) + (names.Length > 4 ? $" and {names.Length - 4} more" : "");
            Line(text, $"| [{manifest.Id}]({manifest.Id}.md) | {Cell(manifest.Title)} | {gives} | {Covers(manifest)} | {Cell(Runs(module))} | {Span(manifest.Cadence)} | {Cell(manifest.Terms)} |");
        }

        return text.ToString();
    }

    private static string Page(IConnectorModule module)
    {
        SourceManifest manifest = module.Manifest;
        (string about, string details) = Split(module.Readme);
        var text = new StringBuilder();
        Line(text, $"# {manifest.Id}: {manifest.Title}");
        Line(text);
        Line(text, Written);
        if (about.Length > 0)
        {
            Line(text);
            Line(text, about);
        }

        Line(text);
        Line(text, "| | |");
        Line(text, "|---|---|");
        Line(text, $"| publisher | {Cell(manifest.Publisher)}{(Uri.TryCreate(manifest.Homepage, UriKind.Absolute, out _) ? $", <{manifest.Homepage}>" : "")} |");
        Line(text, $"| terms | {Cell(manifest.Terms)} |");
        if (manifest.Sunset is { } sunset) Line(text, FormattableString.Invariant($"| ends | {sunset.UtcDateTime:yyyy-MM-dd}, as the publisher announced |"));
        Line(text, $"| covers | {Covers(manifest)} |");
        Line(text, $"| runs | {Cell(Runs(module))} |");
        Line(text, $"| schedule | `{manifest.Cron}` ({manifest.TimeZone}); due again {Span(manifest.Cadence)} after a success |");
        Line(text, $"| requests | {Cell(Requests(manifest))} |");
        Definitions(text, "##", [manifest]);
        if (details.Length > 0)
        {
            Line(text);
            Line(text, details);
        }

        return text.ToString();
    }

    private static string Catalog(IReadOnlyCollection<SourceManifest> manifests)
    {
        var text = new StringBuilder();
        Line(text, "# What rules may name");
        Line(text);
        Line(text, $"{Written} `risk catalog` prints the same for one workspace, with its own names and the rules that use them.");
        Line(text);
        Line(text, "The age of a metric counts from its own time (the period's end, the row's date), not from the download; the age of a fact or a feed counts from the last check of the source. "
            + "Beyond it the input is unknown: \"no event\" in a feed that was not read is no good news.");
        Definitions(text, "##", manifests);
        return text.ToString();
    }

    private static void Definitions(StringBuilder text, string level, IReadOnlyCollection<SourceManifest> manifests)
    {
        bool many = manifests.Count > 1;
        string from = many ? " from |" : "", rule = many ? "---|" : "";
        Table("Metrics", $"| metric | type | unit | range | counts for |{from} |", $"|---|---|---|---|---|{rule}---|", m => m.Metrics, m => m.Name,
            (m, by) => $"| `{m.Name}` | {(m.Type == MetricType.Int ? "int" : "double")} | {Cell(m.Unit)} | {FormattableString.Invariant($"{m.Minimum:0.####} to {m.Maximum:0.####}")} | {Span(m.MaximumAge)} |{by} {Cell(m.About)} |");
        Table("Facts", $"| fact | type | counts for |{from} |", $"|---|---|---|{rule}---|", m => m.Facts, f => f.Name,
            (f, by) => $"| `{f.Name}` | {CatalogWords.Of(f.Type)} | {Span(f.MaximumAge)} |{by} {Cell(f.About)} |");
        Table("Feeds", $"| feed | counts for |{from} |", $"|---|---|{rule}---|", m => m.Feeds, f => f.Name,
            (f, by) => $"| `{f.Name}` | {Span(f.MaximumAge)} |{by} {Cell(f.About)} |");

        void Table<T>(string title, string head, string line, Func<SourceManifest, ImmutableArray<T>> of, Func<T, string> name, Func<T, string, string> row)
        {
            var groups = manifests.SelectMany(m => of(m).Select(d => (Definition: d, m.Id))).GroupBy(p => name(p.Definition)).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
            if (groups.Length == 0) return;
            Line(text);
            Line(text, $"{level} {title}");
            Line(text);
            Line(text, head);
            Line(text, line);
            foreach (var group in groups) Line(text, row(group.First().Definition, many ? $" {string.Join(", ", group.Select(p => $"[{p.Id}]({p.Id}.md)"))} |" : ""));
        }
    }

    /// <summary>The README without its title: what stands before the first heading, and the rest.</summary>
    private static (string About, string Details) Split(string readme)
    {
        string body = readme.StartsWith("# ", StringComparison.Ordinal) ? readme[(readme.IndexOf('\n', StringComparison.Ordinal) + 1)..] : readme;
        body = body.Trim('\n');
        int paragraph = body.IndexOf("\n\n", StringComparison.Ordinal);
        return paragraph < 0 ? (body, "") : (body[..paragraph], body[(paragraph + 2)..]);
    }

    private static string Covers(SourceManifest manifest) => manifest.NeedsIdentifier is { } scheme ? $"suppliers with `{scheme}`" : "every supplier";

    /// <summary>With no setting at all, and nothing in the workspace.</summary>
    private static string Runs(IConnectorModule module)
    {
        IConfigurationSection none = new ConfigurationBuilder().Build().GetSection("Risk:Sources:" + module.Manifest.Id.Value);
        bool runs = module.IsEnabledByDefault(none, Path.Combine(Path.GetTempPath(), "no-workspace"), out string reason);
        string contact = module.Manifest.NeedsContact ? "needs Risk:Upstreams:Contact" : "";
        return !runs ? $"off: {reason}" : contact.Length > 0 ? contact : "by default";
    }

    private static string Requests(SourceManifest manifest) => manifest.Limit is not { } limit
        ? "none: it reads what is in the workspace"
        : $"at most {CommandOutput.Count(limit.Permits, "request")} in {Span(limit.Window)} to {string.Join(", ", limit.Hosts)}, shared by all sources of the group `{limit.Group}`";

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => Counted(span.TotalDays, "day"),
        { TotalHours: >= 1 } => Counted(span.TotalHours, "hour"),
        { TotalMinutes: >= 1 } => Counted(span.TotalMinutes, "minute"),
        _ => Counted(span.TotalSeconds, "second"),
    };

    private static string Counted(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0.##} {unit}{(number == 1 ? "" : "s")}");

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static void Line(StringBuilder text, string line = "") => text.Append(line.TrimEnd()).Append('\n');
}
