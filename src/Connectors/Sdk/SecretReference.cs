namespace Risk.Connectors.Sdk;

/// <summary>Where a secret is kept: <c>env:NAME</c> or <c>file:PATH</c>. Settings hold the reference, never the secret.</summary>
/// <remarks>Errors name the setting and, of a well-formed reference, the variable or file. A malformed one is never repeated: it may be the secret itself.</remarks>
public static class SecretReference
{
    private const int MaximumLength = 4096;

    /// <summary>Reads the secret; line breaks at its end are cut off.</summary>
    /// <param name="reference">The setting's value.</param>
    /// <param name="setting">The setting's name, for errors: <c>Risk:Sources:companies-house:ApiKey</c>.</param>
    /// <exception cref="SourceFailureException">Misconfigured: no reference, nothing there, or nothing in it.</exception>
    public static string Resolve(string? reference, string setting)
    {
        string secret = reference switch
        {
            _ when reference?.StartsWith("env:", StringComparison.Ordinal) == true && reference.Length > 4 => FromEnvironment(reference[4..], setting),
            _ when reference?.StartsWith("file:", StringComparison.Ordinal) == true && reference.Length > 5 => FromFile(reference[5..], setting),
            _ => throw Misconfigured($"{setting} must say where the secret is kept: env:NAME or file:PATH. The secret itself does not belong there."),
        };
        secret = secret.TrimEnd('\r', '\n');
        if (secret.Length == 0) throw Misconfigured($"{setting}: {reference} is empty; put the secret there.");
        if (secret.Length > MaximumLength || secret.Any(char.IsControl)) throw Misconfigured($"{setting}: {reference} is no secret: it must be one line of at most {MaximumLength} characters.");
        return secret;
    }

    // The one place where an option leads to the environment, because the user's own setting names the variable.
#pragma warning disable RS0030
    private static string FromEnvironment(string name, string setting) =>
        Environment.GetEnvironmentVariable(name) ?? throw Misconfigured($"{setting}: the environment variable {name} is not set; set it for the service, or correct the name.");
#pragma warning restore RS0030

    private static string FromFile(string path, string setting)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaximumLength * 4 }) throw Misconfigured($"{setting}: {path} is too long for a secret; name the right file.");
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Misconfigured($"{setting}: the file {path} cannot be read ({error.GetType().Name}); make it readable for the service, or correct the path.", error);
        }
    }

    private static SourceFailureException Misconfigured(string message, Exception? inner = null) => new(FailureKind.Misconfigured, message, inner);
}
