using System.IO.Compression;
using Risk.Connectors.Sdk.Http;

namespace Risk.Worker.Ingestion;

/// <summary>Upstreams' answers in files, packed. What cannot be read or written is as if it were not there.</summary>
internal sealed class AnswerFolder(string folder) : IAnswerCache
{
    /// <summary>Larger answers are asked for anew each time.</summary>
    private const int LargestBody = 8 * 1024 * 1024;

    private const long MostBytes = 2L << 30;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public async Task<CachedAnswer?> FindAsync(string key, CancellationToken cancellationToken)
    {
        string path = PathOf(key);
        if (!File.Exists(path)) return null;
        try
        {
            using var unpacked = new MemoryStream();
            await using (var file = new BrotliStream(File.OpenRead(path), CompressionMode.Decompress))
            {
                byte[] buffer = new byte[64 * 1024];
                for (int read; (read = await file.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    // Room for the texts besides the body; more is not ours.
                    if (unpacked.Length + read > LargestBody + (64 * 1024)) return null;
                    unpacked.Write(buffer, 0, read);
                }
            }

            return CachedAnswerFormat.Read(unpacked.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    public async Task StoreAsync(string key, CachedAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Body.Length > LargestBody) return;
        string path = PathOf(key), temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var file = new BrotliStream(File.Create(temporary), CompressionLevel.Fastest)) await file.WriteAsync(CachedAnswerFormat.Write(answer), cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk costs requests, no data.
            File.Delete(temporary);
        }
    }

    public Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            File.Delete(PathOf(key));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there, or held open: whoever reads it next removes it again.
        }

        return Task.CompletedTask;
    }

    /// <summary>Removes what is older than 30 days, and the oldest beyond 2 GB. Only while no source runs.</summary>
    public static void Tidy(string folder, DateTimeOffset at)
    {
        if (!Directory.Exists(folder)) return;
        long bytes = 0;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(f => f.LastWriteTimeUtc))
        {
            bytes += file.Length;
            if (bytes <= MostBytes && at - file.LastWriteTimeUtc <= KeptFor && file.Extension != ".tmp") continue;
            try
            {
                file.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Held open or write-protected: it costs space, nothing else.
            }
        }
    }

    private string PathOf(string key) => Path.Combine(folder, key[..2], key);
}
