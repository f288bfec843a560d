using Risk.Worker.Cli;
using Risk.Worker.Configuration;

namespace Risk.Worker.Hosting;

/// <summary>One worker at a time for each embedded store: two would both send what is due.</summary>
internal sealed class WorkerLock : IDisposable
{
    private readonly FileStream file;

    private WorkerLock(FileStream file) => this.file = file;

    /// <exception cref="CommandFailure">Another worker has it. The operating system frees it when that process ends, however it ends.</exception>
    public static WorkerLock Take(RiskOptions options)
    {
        string path = options.StorePath + ".lock";
        try
        {
            return new WorkerLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new CommandFailure(ExitCode.Outside, $"another worker runs on {options.StorePath}; stop it first, or leave the work to it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Outside, $"{path} cannot be written ({e.Message}); give this account write access to the folder, or set Risk__Store to another place");
        }
    }

    /// <summary>The lock, or null when another worker has it or the file cannot be written.</summary>
    public static WorkerLock? TryTake(RiskOptions options)
    {
        try
        {
            return Take(options);
        }
        catch (CommandFailure)
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();
}
