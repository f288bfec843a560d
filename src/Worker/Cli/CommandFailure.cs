using System.Collections.Immutable;
using Risk.Rules.Diagnostics;

namespace Risk.Worker.Cli;

/// <summary>Ends a command with an exit code and what to tell; caught once, where commands are run.</summary>
internal sealed class CommandFailure : Exception
{
    public CommandFailure(int exitCode, string message)
        : base(message) => ExitCode = exitCode;

    public CommandFailure(IEnumerable<Diagnostic> diagnostics)
        : base("")
    {
        ExitCode = Cli.ExitCode.Usage;
        Diagnostics = [.. diagnostics];
    }

    public int ExitCode { get; }

    public ImmutableArray<Diagnostic> Diagnostics { get; } = [];
}
