using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Configuration;
using Risk.Worker.Storage;

namespace Risk.Worker.Http;

/// <summary><c>POST /api/v1/alerts/{episode}/{action}</c> with a bearer token and a JSON object of texts. The token's name is who does it.</summary>
/// <param name="tokens">Names, and references to the secrets; read at each use, so that a rotation needs no restart.</param>
internal sealed class ActionApi(IRiskStore store, TimeProvider clock, ImmutableSortedDictionary<string, string> tokens, SecretReader secrets)
{
    private const int LargestBody = 16 * 1024;
    private static readonly string[] Members = ["note", "reason", "to", "until", "approver"];

    public void Map(WebApplication web, RequestBounds bounds) =>
        web.MapPost("/api/v1/alerts/{episode}/{action}", (HttpContext http, string episode, string action, CancellationToken stop) => bounds.WithinAsync(http, () => DoAsync(http, episode, action, stop)));

    private async Task<IResult> DoAsync(HttpContext http, string episode, string action, CancellationToken cancellationToken)
    {
        if (Caller(http.Request.Headers.Authorization.ToString()) is not { } name)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem(StatusCodes.Status401Unauthorized, "send 'Authorization: Bearer TOKEN' with a token that Risk__Http__Tokens__NAME names");
        }

        (ActionFields? fields, string problem) = await ReadAsync(http.Request, cancellationToken);
        if (fields is null) return Problem(StatusCodes.Status400BadRequest, problem);
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        if (await session.Alerts.FindAsync(episode, cancellationToken) is not { } alert) return Problem(StatusCodes.Status404NotFound, "there is no alert of this episode");
        ActionResult result = await AlertActions.PerformAsync(session, alert, new Actor(name, "api"), action, fields, Instants.Now(clock), cancellationToken);
        if (!result.IsDone) return Problem(alert.ResolvedAt is not null ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity, result.Refusal);
        await session.CommitAsync(cancellationToken);
        return Json(StatusCodes.Status200OK, new JsonObject { ["episode"] = alert.EpisodeId, ["by"] = name, ["done"] = result.Done });
    }

    /// <summary>The name of the token, or null. Every token is compared, in the same time for each.</summary>
    private string? Caller(string authorization)
    {
        const string scheme = "Bearer ";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return null;
        byte[] given = SHA256.HashData(Encoding.UTF8.GetBytes(authorization[scheme.Length..].Trim()));
        string? found = null;
        foreach ((string name, string reference) in tokens)
            if (reference.Length > 0 && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secrets.Read(reference))), given)) found = name;
        return found;
    }

    private static async Task<(ActionFields? Fields, string Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is > LargestBody) return (null, "the body is larger than 16 KB");
        using var body = new MemoryStream();
        byte[] buffer = new byte[4096];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > LargestBody) return (null, "the body is larger than 16 KB");
            body.Write(buffer, 0, read);
        }

        if (body.Length == 0) return (new ActionFields(), "");
        try
        {
            using JsonDocument document = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), new JsonDocumentOptions { MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return (null, "the body must be a JSON object");
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (!Members.Contains(member.Name)) return (null, $"'{Alerting.Receivers.PlainText.Line(member.Name, 40)}' is not known; there are {string.Join(", ", Members)}");
                if (member.Value.ValueKind != JsonValueKind.String) return (null, $"'{member.Name}' must be a text");
            }

            return (new ActionFields(Said("note"), Said("reason"), Said("to"), Said("until"), Said("approver")), "");

            string Said(string name) => document.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            return (null, "the body is not JSON");
        }
    }

    private static IResult Problem(int status, string error) => Json(status, new JsonObject { ["error"] = error });

    private static IResult Json(int status, JsonObject content) => Results.Text(content.ToJsonString() + "\n", "application/json", statusCode: status);
}
