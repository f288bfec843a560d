namespace Risk.Worker.Alerting.Delivery;

/// <summary>Looks up secrets by reference: <c>env:NAME</c> or <c>file:PATH</c>. Read at each use, so that a rotation needs no restart.</summary>
/// <param name="baseFolder">Relative paths start here.</param>
/// <param name="environment">Environment lookup; the edge passes the real one.</param>
internal sealed class SecretReader(string baseFolder, Func<string, string?> environment)
{
    public static bool IsReference(string text) =>
        (text.StartsWith("env:", StringComparison.Ordinal) && text.Length > 4) || (text.StartsWith("file:", StringComparison.Ordinal) && text.Length > 5);

    /// <exception cref="SecretMissingException">It is not there; the message names the reference, never the value.</exception>
    public string Read(string reference)
    {
        string? value = reference.StartsWith("env:", StringComparison.Ordinal) ? environment(reference[4..]) : ReadFile(reference["file:".Length..]);
        return string.IsNullOrWhiteSpace(value) ? throw new SecretMissingException($"the secret {reference} is not set or empty") : value.TrimEnd('\r', '\n');
    }

    private string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(baseFolder, path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SecretMissingException($"the secret file:{path} cannot be read ({problem.GetType().Name}); check the path and its permissions");
        }
    }
}

internal sealed class SecretMissingException(string message) : Exception(message);
