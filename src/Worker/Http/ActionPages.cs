using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Configuration;
using Risk.Worker.Storage;

namespace Risk.Worker.Http;

/// <summary>
/// What signed links in mails lead to: a page that says what will be done and asks. Only sending its form does it, once. Works without scripts, loads nothing, tells nobody where the reader came
/// from, and is kept by nobody.
/// </summary>
internal sealed class ActionPages(IRiskStore store, TimeProvider clock, Func<ActionLinks> links)
{
    private const int LargestForm = 16 * 1024;

    public void Map(WebApplication web, RequestBounds bounds)
    {
        web.MapGet("/a/{token}", (HttpContext http, string token, CancellationToken stop) => bounds.WithinAsync(http, () => AskAsync(http, token, stop)));
        web.MapPost("/a/{token}", (HttpContext http, string token, CancellationToken stop) => bounds.WithinAsync(http, () => DoAsync(http, token, stop)));
    }

    private async Task<IResult> AskAsync(HttpContext http, string token, CancellationToken cancellationToken)
    {
        ActionLinks signer = links();
        DateTimeOffset at = Instants.Now(clock);
        if (signer.Read(token, at) is not { Link: { } link } read) return Page(http, 410, ActionHtml.Said("This link does not work", signer.Read(token, at).Refusal));
        await using IStoreSession session = await store.ReadAsync(cancellationToken);
        if (await session.Workflow.UsedLinkAsync(link.Id, cancellationToken) is { } used) return Page(http, 409, Used(used));
        Alert? alert = await session.Alerts.FindAsync(link.EpisodeId, cancellationToken);
        return alert is null ? Page(http, 404, Gone)
            : alert.ResolvedAt is not null ? Page(http, 410, Over(alert))
            : Page(http, 200, ActionHtml.Question(link, alert, signer.ConfirmationOf(link), await session.Workflow.FindAsync(alert.EpisodeId, cancellationToken), at, ""));
    }

    private async Task<IResult> DoAsync(HttpContext http, string token, CancellationToken cancellationToken)
    {
        ActionLinks signer = links();
        DateTimeOffset at = Instants.Now(clock);
        (ActionLink? link, string refusal) = signer.Read(token, at);
        if (link is null) return Page(http, 410, ActionHtml.Said("This link does not work", refusal));
        if (!http.Request.HasFormContentType || http.Request.ContentLength is null or > LargestForm) return Page(http, 400, ActionHtml.Said("Nothing was done", "Open the link from the mail and use the button on its page."));
        IFormCollection form = await http.Request.ReadFormAsync(cancellationToken);
        if (!signer.IsConfirmed(link, form["confirm"].ToString())) return Page(http, 400, ActionHtml.Said("Nothing was done", "Open the link from the mail and use the button on its page."));

        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        if (await session.Workflow.UsedLinkAsync(link.Id, cancellationToken) is { } used) return Page(http, 409, Used(used));
        if (await session.Alerts.FindAsync(link.EpisodeId, cancellationToken) is not { } alert) return Page(http, 404, Gone);
        if (alert.ResolvedAt is not null) return Page(http, 410, Over(alert));
        var fields = new ActionFields(form["note"].ToString(), form["reason"].ToString(), form["to"].ToString(), form["until"].ToString(), form["approver"].ToString());
        ActionResult result = await AlertActions.PerformAsync(session, alert, new Actor(link.Recipient, "link"), link.Action, fields, at, cancellationToken);
        if (!result.IsDone) return Page(http, 400, ActionHtml.Question(link, alert, signer.ConfirmationOf(link), null, at, result.Refusal));
        await session.Workflow.UseLinkAsync(link.Id, at, link.ExpiresAt, result.Done, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Page(http, 200, ActionHtml.Said("Done", result.Done));
    }

    private static string Gone => ActionHtml.Said("Unknown alert", "The alert is not in this store any more.");

    private static string Over(Alert alert) => ActionHtml.Said(
        "The alert is over", $"It ended at {alert.ResolvedAt!.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: {(alert.Resolution.Length > 0 ? alert.Resolution : "cleared")}. There is nothing left to do about it.");

    private static string Used((DateTimeOffset At, string Done) used) => ActionHtml.Said(
        "This link was used", $"On {used.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: {used.Done} A link works once; a newer mail about the alert has a new one.");

    private static IResult Page(HttpContext http, int status, string html)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'sha256-{StyleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers["X-Robots-Tag"] = "noindex";
        return Results.Text(html, "text/html; charset=utf-8", statusCode: status);
    }

    private static string StyleHash { get; } = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(ActionHtml.Style)));
}

/// <summary>How often and how much callers may ask; the store is not worn out by strangers.</summary>
internal sealed class RequestBounds : IDisposable
{
    private readonly System.Threading.RateLimiting.TokenBucketRateLimiter limiter = new(new System.Threading.RateLimiting.TokenBucketRateLimiterOptions
    {
        TokenLimit = 60, TokensPerPeriod = 60, ReplenishmentPeriod = TimeSpan.FromMinutes(1), QueueLimit = 0, AutoReplenishment = true,
    });

    /// <summary>At most 60 requests a minute over all callers; what fails in store or keys is said without a trace.</summary>
    public async Task<IResult> WithinAsync(HttpContext http, Func<Task<IResult>> answer)
    {
        using System.Threading.RateLimiting.RateLimitLease lease = limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "60";
            return Results.Text("Too many requests; try again in a minute.\n", "text/plain", statusCode: StatusCodes.Status429TooManyRequests);
        }

        try
        {
            return await answer();
        }
        catch (Exception problem) when (problem is StoreException or SecretMissingException)
        {
            return Results.Text($"This cannot be done now: {problem.Message}\n", "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (BadHttpRequestException)
        {
            return Results.Text("The request is too large or broken.\n", "text/plain", statusCode: StatusCodes.Status400BadRequest);
        }
    }

    public void Dispose() => limiter.Dispose();
}
