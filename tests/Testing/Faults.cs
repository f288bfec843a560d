using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Risk.Testing;

/// <summary>Answers in place of what is served.</summary>
/// <param name="body">What would have been served.</param>
public delegate Task Fault(HttpContext context, ReadOnlyMemory<byte> body);

/// <summary>The ways in which upstreams go wrong.</summary>
public static class Faults
{
    /// <summary>The status, with a Retry-After of seconds or a date.</summary>
    public static Fault Status(int status, string? retryAfter = null) => (context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    };

    /// <summary>Accepts, and never answers.</summary>
    public static Fault Hang { get; } = static async (context, _) =>
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    };

    /// <summary>Promises the whole body, sends the start, closes.</summary>
    // Returning early makes Kestrel close in good order after the bytes; an abort could overtake them, and the answer would arrive as none at all.
    public static Fault Truncate(int bytes) => (context, body) => StartAsync(context, body, bytes);

    /// <summary>Promises the whole body, sends the start, and then nothing more.</summary>
    public static Fault Stall(int bytes) => async (context, body) =>
    {
        await StartAsync(context, body, bytes);
        await Hang(context, body);
    };

    /// <summary>Closes at once.</summary>
    public static Fault Reset { get; } = static (context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>200 with an HTML page.</summary>
    public static Fault Garbage { get; } = static (context, _) =>
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<!DOCTYPE html><html><head><title>Maintenance</title></head><body>We are back soon.</body></html>");
    };

    /// <summary>200 with no body.</summary>
    public static Fault Empty { get; } = static (context, _) =>
    {
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    };

    /// <summary>The right length, with bytes in the middle overwritten.</summary>
    public static Fault Corrupt(double at = 0.5) => async (context, body) =>
    {
        byte[] bytes = body.ToArray();
        int start = (int)(bytes.Length * at);
        bytes.AsSpan(start, Math.Min(64, bytes.Length - start)).Fill(0xFE);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    };

    /// <summary>A gzip body that unpacks to this many megabytes of zeros.</summary>
    public static Fault Bomb(int megabytes) => async (context, _) =>
    {
        context.Response.Headers.ContentEncoding = "gzip";
        byte[] zeros = new byte[1024 * 1024];
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        for (int i = 0; i < megabytes; i++) await gzip.WriteAsync(zeros, context.RequestAborted);
    };

    /// <summary>A few bytes each time the gate opens.</summary>
    public static Fault Trickle(int bytes, SemaphoreSlim gate) => async (context, body) =>
    {
        context.Response.ContentLength = body.Length;
        for (int sent = 0; sent < body.Length; sent += bytes)
        {
            await gate.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(body.Slice(sent, Math.Min(bytes, body.Length - sent)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    };

    /// <summary>The first answers differ from the later ones: serves these bytes instead.</summary>
    public static Fault Instead(byte[] other, string contentType = "application/json") => async (context, _) =>
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = other.Length;
        await context.Response.Body.WriteAsync(other);
    };

    private static async Task StartAsync(HttpContext context, ReadOnlyMemory<byte> body, int bytes)
    {
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body[..Math.Min(bytes, body.Length)]);
        await context.Response.Body.FlushAsync();
    }
}
