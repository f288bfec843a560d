using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Reporting;

/// <summary>The portfolio on one page: who is at risk and why, what is not known, and what was sent. Self-contained HTML without scripts.</summary>
internal sealed class PortfolioReport
{
    private static readonly Band[] BandOrder = [Band.Critical, Band.High, Band.Elevated, Band.Guarded, Band.Low, Band.InsufficientData];

    private readonly ImmutableArray<(Supplier Supplier, Assessment Assessment, ImmutableArray<(DateTimeOffset At, decimal Score, Band Band)> History)> rows;
    private readonly ImmutableArray<Delivery> deliveries;
    private readonly ImmutableArray<SourceState> sources;
    private readonly DateTimeOffset at;

    private PortfolioReport(
        ImmutableArray<(Supplier, Assessment, ImmutableArray<(DateTimeOffset, decimal, Band)>)> rows, ImmutableArray<Delivery> deliveries, ImmutableArray<SourceState> sources, DateTimeOffset at)
    {
        this.rows = rows;
        this.deliveries = deliveries;
        this.sources = sources;
        this.at = at;
    }

    public static async Task<PortfolioReport> LoadAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Dictionary<SupplierId, Assessment> assessments = (await session.Assessments.LatestAsync(cancellationToken)).ToDictionary(a => a.Supplier);
        var rows = new List<(Supplier Supplier, Assessment Assessment, ImmutableArray<(DateTimeOffset, decimal, Band)> History)>();
        foreach (StoredSupplier stored in await session.Suppliers.ListAsync(null, cancellationToken))
        {
            if (!assessments.TryGetValue(stored.Supplier.Id, out Assessment? assessment)) continue;
            rows.Add((stored.Supplier, assessment, [.. await session.Assessments.HistoryAsync(stored.Supplier.Id, DateTimeOffset.UnixEpoch, cancellationToken)]));
        }

        return new PortfolioReport(
            [.. rows.OrderByDescending(r => r.Assessment.Score).ThenBy(r => r.Supplier.Tier).ThenBy(r => r.Supplier.Id)],
            [.. (await session.Deliveries.ListAsync(null, 500, cancellationToken)).OrderBy(d => d.CreatedAt).ThenBy(d => d.Subject, StringComparer.Ordinal).ThenBy(d => d.Id, StringComparer.Ordinal)],
            [.. await session.Sources.ListAsync(cancellationToken)],
            at);
    }

    /// <param name="link">Where a delivery's rendering lies, relative to the page.</param>
    public string ToHtml(Func<Delivery, string> link)
    {
        var html = new StringBuilder(32 * 1024);
        html.Append(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
            <title>Supplier risk: the portfolio</title>
            <style>

            """);
        html.Append(Style).Append("</style></head><body><main>\n");
        html.Append(CultureInfo.InvariantCulture, $"<header><h1>Supplier risk</h1><p class=\"quiet\">{rows.Length} suppliers, as of {Day(at)}</p></header>\n");
        Tiles(html);
        Suppliers(html);
        Sent(html, link);
        Sources(html);
        html.Append("</main></body></html>\n");
        return html.ToString();
    }

    private void Tiles(StringBuilder html)
    {
        html.Append("<section class=\"tiles\">");
        foreach (Band band in BandOrder)
        {
            int count = rows.Count(r => r.Assessment.Band == band);
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"tile{(count == 0 ? " none" : "")}\"><span class=\"dot {Class(band)}\"></span><b>{count}</b><span>{Name(band)}</span></div>");
        }

        html.Append("</section>\n");
    }

    private void Suppliers(StringBuilder html)
    {
        html.Append("<section><h2>Suppliers, worst first</h2><div class=\"list\">\n");
        foreach ((Supplier supplier, Assessment assessment, ImmutableArray<(DateTimeOffset At, decimal Score, Band Band)> history) in rows)
        {
            decimal? before = history.Length > 1 ? history[^2].Score : null;
            string change = before is { } earlier && decimal.Round(earlier) != decimal.Round(assessment.Score) ? FormattableString.Invariant($"<span class=\"quiet\">was {earlier:0}</span>") : "";
            html.Append(CultureInfo.InvariantCulture, $"<article><div class=\"score {Class(assessment.Band)}\"><b>{assessment.Score:0}</b>{change}</div><div class=\"what\">");
            html.Append(CultureInfo.InvariantCulture, $"<h3>{Text(supplier.Name)} <span class=\"tag\">T{supplier.Tier}</span></h3>");
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{Text(supplier.Id.Value)}{Joined(supplier.Country)}{Joined(supplier.Category)} · {Name(assessment.Band)} · {assessment.Coverage * 100:0} % known</p>");
            ImmutableArray<Finding> open =
                [.. assessment.Findings.Where(f => f.State is FindingState.Firing or FindingState.Recovering).OrderByDescending(f => f.Severity).ThenByDescending(f => f.Points)];
            if (!open.IsEmpty)
            {
                html.Append("<ul>");
                foreach (Finding finding in open.Take(4))
                {
                    string severity = finding.Severity.ToString().ToLowerInvariant();
                    html.Append(CultureInfo.InvariantCulture, $"<li><span class=\"severity {severity}\">{severity}</span> {Text(WithoutName(finding.Message, supplier.Name))}");
                    html.Append(finding.State == FindingState.Recovering ? " <span class=\"quiet\">recovering</span></li>" : "</li>");
                }

                if (open.Length > 4) html.Append(CultureInfo.InvariantCulture, $"<li class=\"quiet\">and {open.Length - 4} more</li>");
                html.Append("</ul>");
            }
            else if (assessment.Band == Band.InsufficientData)
            {
                html.Append(CultureInfo.InvariantCulture, $"<p class=\"gap\">Blind spot: {assessment.Missing.Length} inputs are missing, so this is no good score.</p>");
            }

            html.Append("</div></article>\n");
        }

        html.Append("</div></section>\n");
    }

    private void Sent(StringBuilder html, Func<Delivery, string> link)
    {
        html.Append("<section><h2>What was sent</h2><ul class=\"sent\">\n");
        foreach (Delivery delivery in deliveries)
        {
            string what = delivery.Subject.Length > 0 ? delivery.Subject : $"Webhook of {delivery.Receiver}";
            html.Append(CultureInfo.InvariantCulture, $"<li><a href=\"{Text(link(delivery))}\">{Text(what)}</a> <span class=\"quiet\">{Day(delivery.CreatedAt)} · {Text(delivery.Channel)} to {Text(delivery.Recipient)}</span></li>\n");
        }

        html.Append("</ul></section>\n");
    }

    private void Sources(StringBuilder html)
    {
        html.Append("<section><h2>Sources</h2><ul class=\"sent\">\n");
        foreach (SourceState source in sources)
        {
            string standing = source.LastFailure is { } failure ? $"failing: {failure}" : $"last read {(source.LastSuccessAt is { } read ? Day(read) : "never")}";
            html.Append(CultureInfo.InvariantCulture, $"<li>{Text(source.Source.Value)} <span class=\"quiet\">{Text(standing)}</span></li>\n");
        }

        html.Append("</ul></section>\n");
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Joined(string value) => value.Length == 0 ? "" : " · " + Text(value);

    /// <summary>Messages stand alone in a mail's subject; under the supplier's own heading its name is said already.</summary>
    private static string WithoutName(string message, string name) => message.StartsWith(name + ": ", StringComparison.Ordinal) ? message[(name.Length + 2)..] : message;

    private static string Text(string value) => WebUtility.HtmlEncode(value);

    private static string Name(Band band) => band == Band.InsufficientData ? "insufficient data" : band.ToString().ToLowerInvariant();

    private static string Class(Band band) => "band-" + Name(band).Replace(' ', '-');

    private const string Style =
        """
        :root { color-scheme: light dark; --line: #d9dee5; --quiet: #5b6673; --ground: #f5f7f9; --card: #ffffff; --ink: #17202a;
          --critical: #b3151e; --high: #cf5a0c; --elevated: #a97a00; --guarded: #2c6fbb; --low: #2b8550; --unknown: #6b7480; }
        @media (prefers-color-scheme: dark) { :root { --line: #333b45; --quiet: #9aa5b1; --ground: #12161b; --card: #1b2128; --ink: #e8edf2;
          --critical: #f0565f; --high: #f58a45; --elevated: #e0b43c; --guarded: #6aa9ef; --low: #5cc287; --unknown: #97a1ac; } }
        * { box-sizing: border-box } body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
        main { max-width: 960px; margin: 0 auto; padding: 24px 16px 48px } h1 { margin: 0; font-size: 26px } h2 { font-size: 17px; margin: 32px 0 10px } h3 { margin: 0; font-size: 16px }
        p { margin: 2px 0 } ul { margin: 8px 0 0; padding: 0; list-style: none } a { color: inherit } .quiet { color: var(--quiet); font-size: 13px; font-weight: 400 }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px; margin-top: 18px }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; display: flex; align-items: baseline; gap: 8px } .tile b { font-size: 22px } .tile.none { opacity: .55 }
        .dot { flex: none; width: 10px; height: 10px; border-radius: 50%; background: var(--band); align-self: center }
        .list { background: var(--card); border: 1px solid var(--line); border-radius: 8px } article { display: flex; gap: 16px; padding: 14px 16px; border-top: 1px solid var(--line) } article:first-child { border-top: 0 }
        .score { flex: 0 0 64px; text-align: center; border-left: 5px solid var(--band); padding-left: 8px } .score b { display: block; font-size: 26px; line-height: 1.1 } .what { min-width: 0; overflow-wrap: anywhere }
        .tag { font-size: 12px; font-weight: 600; border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; color: var(--quiet) } li { padding: 3px 0 } .sent li { padding: 6px 0; border-bottom: 1px solid var(--line) }
        .severity { font-size: 12px; font-weight: 700; text-transform: uppercase; letter-spacing: .03em } .severity.critical { color: var(--critical) } .severity.high { color: var(--high) } .severity.warning { color: var(--elevated) } .severity.info { color: var(--guarded) }
        .gap { color: var(--unknown) } .band-critical { --band: var(--critical) } .band-high { --band: var(--high) } .band-elevated { --band: var(--elevated) } .band-guarded { --band: var(--guarded) } .band-low { --band: var(--low) } .band-insufficient-data { --band: var(--unknown) }

        """;
}
