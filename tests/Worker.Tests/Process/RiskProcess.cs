using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Process;

/// <summary>The built executable, run as users run it. Ended when disposed.</summary>
internal sealed class RiskProcess : IAsyncDisposable
{
    /// <summary>Far more than any command here takes; a test that gets there has found a hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly System.Diagnostics.Process process;
    private readonly StringBuilder error = new();
    private readonly StringBuilder output = new();

    private RiskProcess(System.Diagnostics.Process process) => this.process = process;

    /// <summary>Starts <c>risk</c> with the workbench's settings as environment variables.</summary>
    public static RiskProcess Start(Workbench bench, params string[] arguments)
    {
        // The worker is a project reference, so its output lies beside the test's.
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "risk.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = bench.Folder,
        };
        foreach (string leftOver in start.Environment.Keys.Where(k => k.StartsWith("Risk__", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(leftOver);
        foreach ((string key, string? value) in bench.Settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var risk = new RiskProcess(new System.Diagnostics.Process { StartInfo = start });
        risk.process.OutputDataReceived += (_, line) => Append(risk.output, line.Data);
        risk.process.ErrorDataReceived += (_, line) => Append(risk.error, line.Data);
        risk.process.Start();
        risk.process.BeginOutputReadLine();
        risk.process.BeginErrorReadLine();
        return risk;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<CommandResult> RunAsync(Workbench bench, params string[] arguments)
    {
        await using RiskProcess risk = Start(bench, arguments);
        return await risk.EndAsync();
    }

    public async Task<CommandResult> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return new CommandResult(process.ExitCode, Text(output), Text(error));
    }

    /// <summary>Whether it ends by itself within the time.</summary>
    public bool EndsWithin(TimeSpan time) => process.WaitForExit(time);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndAsync();
    }

    /// <summary>SIGTERM, as systemd and Docker stop it.</summary>
    public void Stop()
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}

internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json()
    {
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    public CommandResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} and not {exitCode}\n{Output}\n{Error}");
        return this;
    }
}
