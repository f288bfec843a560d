using System.Collections.Immutable;
using Risk.Worker.Alerting.Delivery;

namespace Risk.Worker.Alerting.Workflow;

/// <summary>The keys of signed links: one a line in base 64, at least 32 bytes each; the first signs, all verify.</summary>
internal static class LinkKeys
{
    private const int KeyBytes = 32;

    /// <summary>Reads them, from the reference or else from a file of their own, which is made (readable for its owner alone) when there is none.</summary>
    /// <exception cref="SecretMissingException">They cannot be read, or are none; the message names the place, never the keys.</exception>
    public static ImmutableArray<byte[]> Read(string reference, string ownFile, SecretReader secrets)
    {
        if (reference.Length == 0) Make(ownFile);
        string from = reference.Length > 0 ? reference : "file:" + ownFile;
        ImmutableArray<byte[]> keys = [.. secrets.Read(from).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => Decode(line, from))];
        return keys.IsEmpty ? throw new SecretMissingException($"{from} holds no key of signed links") : keys;
    }

    private static byte[] Decode(string line, string from)
    {
        byte[] key = new byte[line.Length];
        return Convert.TryFromBase64String(line, key, out int length) && length >= KeyBytes
            ? key[..length]
            : throw new SecretMissingException($"{from} holds a line that is no key of signed links: each is base 64 of at least {KeyBytes} bytes (head -c {KeyBytes} /dev/urandom | base64)");
    }

    private static void Make(string file)
    {
        if (File.Exists(file)) return;
        try
        {
            string folder = Path.GetDirectoryName(file)!;
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

            // Written beside and moved: another process never reads half a key, and the first of two stays.
            string draft = $"{file}.{Environment.ProcessId}";
            using (var writer = new StreamWriter(draft, options)) writer.WriteLine(Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(KeyBytes)));
            try
            {
                File.Move(draft, file, overwrite: false);
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(draft);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SecretMissingException($"the key of signed links cannot be made at {file} ({problem.GetType().Name}); give this account write access, or name a place in Risk__Http__LinkKeys");
        }
    }
}
