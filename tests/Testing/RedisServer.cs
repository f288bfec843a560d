using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Risk.Testing;

/// <summary>A redis-server of its own on loopback, without persistence: killed, it forgets everything.</summary>
public sealed class RedisServer : IDisposable
{
    private Process? process;

    private RedisServer(int port) => Port = port;

    /// <summary>Whether there is a redis-server on this machine. In CI there must be.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public static RedisServer Start()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var server = new RedisServer(port);
        server.StartAgain();
        return server;
    }

    /// <summary>Starts it, empty, and returns once it says that it takes connections.</summary>
    public void StartAgain()
    {
        process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal)) return;
        }

        throw new InvalidOperationException("redis-server ended before it was ready.");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process?.Kill();
        process?.WaitForExit();
        process?.Dispose();
        process = null;
    }

    public void Dispose() => Kill();
}

/// <summary>A test that needs redis-server; skipped where there is none, but never in CI.</summary>
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute()
    {
        if (!RedisServer.IsInstalled && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"))) Skip = "redis-server is not installed";
    }
}
