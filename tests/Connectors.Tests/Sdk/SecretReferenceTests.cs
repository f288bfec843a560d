using Risk.Connectors.Sdk;

namespace Risk.Connectors.Tests.Sdk;

public sealed class SecretReferenceTests : IDisposable
{
    private const string Setting = "Risk:Sources:x:ApiKey";

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("hunter2")]
    [InlineData("hunter2\n")]
    [InlineData("hunter2\r\n")]
    public void Resolve_File_CutsTheLineBreakAtTheEnd(string content)
    {
        File.WriteAllText(file, content);

        Assert.Equal("hunter2", SecretReference.Resolve("file:" + file, Setting));
    }

    [Fact]
    public void Resolve_Variable_IsRead()
    {
        string name = "RISK_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(name, "hunter2\n");

        Assert.Equal("hunter2", SecretReference.Resolve("env:" + name, Setting));
        Environment.SetEnvironmentVariable(name, null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("env:")]
    [InlineData("hunter2")]
    public void Resolve_NoReference_SaysTheFormsAndNeverTheValue(string? reference)
    {
        SourceFailureException failure = Assert.Throws<SourceFailureException>(() => SecretReference.Resolve(reference, Setting));

        Assert.Equal(FailureKind.Misconfigured, failure.Kind);
        Assert.Equal("Risk:Sources:x:ApiKey must say where the secret is kept: env:NAME or file:PATH. The secret itself does not belong there.", failure.Message);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("hunter2\nhunter3", "must be one line")]
    public void Resolve_BadContent_SaysSoWithoutIt(string content, string expected)
    {
        File.WriteAllText(file, content);

        string message = Assert.Throws<SourceFailureException>(() => SecretReference.Resolve("file:" + file, Setting)).ToString();

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env:RISK_NO_SUCH_VARIABLE", "the environment variable RISK_NO_SUCH_VARIABLE is not set")]
    [InlineData("file:/no/such/file", "the file /no/such/file cannot be read")]
    public void Resolve_NothingThere_NamesWhatIsMissing(string reference, string expected) =>
        Assert.Contains(expected, Assert.Throws<SourceFailureException>(() => SecretReference.Resolve(reference, Setting)).Message, StringComparison.Ordinal);
}
