using System.Collections.Immutable;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Workflow;

namespace Risk.Worker.Tests.Alerting.Workflow;

public sealed class ActionLinksTests : IDisposable
{
    private static readonly DateTimeOffset At = NotificationSample.At;
    private static readonly byte[] Old = [.. Enumerable.Repeat((byte)1, 32)], New = [.. Enumerable.Repeat((byte)2, 32)];

    private readonly string folder = Directory.CreateTempSubdirectory("risk-links").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static ActionLinks Links(params byte[][] keys) => new(new Uri("https://risk.example.org/monitor"), [.. keys]);

    private static string TokenOf(string url) => url["https://risk.example.org/monitor/a/".Length..];

    [Fact]
    public void Read_OwnLink_SaysWhatItLetsDo()
    {
        string url = Links(New).Url("ack", "e1", "m.keller@buyer.example", At.AddDays(14));
        (ActionLink? link, _) = Links(New).Read(TokenOf(url), At);
        Assert.Equal(("ack", "e1", "m.keller@buyer.example", At.AddDays(14)), (link!.Action, link.EpisodeId, link.Recipient, link.ExpiresAt));
        Assert.Matches("^[A-Za-z0-9_.-]+$", TokenOf(url));
    }

    [Fact]
    public void Read_AnyCharacterChanged_IsForged()
    {
        string token = TokenOf(Links(New).Url("ack", "e1", "m.keller@buyer.example", At.AddDays(14)));
        for (int i = 0; i < token.Length; i++)
        {
            string changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Null(Links(New).Read(changed, At).Link);
        }

        Assert.All((string[])["", ".", "a.b.c", token + "A", token[..^1], new string('a', 5_000)], t => Assert.Null(Links(New).Read(t, At).Link));
    }

    [Fact]
    public void Read_AtItsEnd_WorksNoLonger()
    {
        string token = TokenOf(Links(New).Url("ack", "e1", "m", At.AddDays(14)));
        Assert.NotNull(Links(New).Read(token, At.AddDays(14).AddSeconds(-1)).Link);
        Assert.StartsWith("This link worked until 2026-03-16 06:15 UTC.", Links(New).Read(token, At.AddDays(14)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhileKeysAreRotated_BothWork_ThenTheOldDoesNot()
    {
        string old = TokenOf(Links(Old).Url("ack", "e1", "m", At.AddDays(14))), fresh = TokenOf(Links(New, Old).Url("ack", "e1", "m", At.AddDays(14)));
        ActionLink link = Links(New, Old).Read(old, At).Link!;
        Assert.True(Links(New, Old).IsConfirmed(link, Links(Old).ConfirmationOf(link)));
        Assert.NotNull(Links(New).Read(fresh, At).Link);
        Assert.Null(Links(New).Read(old, At).Link);
    }

    [Fact]
    public void IsConfirmed_WithAnotherLinksConfirmation_IsNot()
    {
        ActionLinks links = Links(New);
        ActionLink one = links.Read(TokenOf(links.Url("ack", "e1", "m", At.AddDays(1))), At).Link!, two = links.Read(TokenOf(links.Url("ack", "e2", "m", At.AddDays(1))), At).Link!;
        Assert.True(links.IsConfirmed(one, links.ConfirmationOf(one)));
        Assert.False(links.IsConfirmed(one, links.ConfirmationOf(two)));
        Assert.False(links.IsConfirmed(one, ""));
    }

    [Fact]
    public void For_AnAlert_OnlyWhatCanBeDoneAboutIt()
    {
        Assert.Equal(["Acknowledge", "Assign", "Snooze", "Accept the risk", "False positive"], Links(New).For(NotificationSample.Insolvency, "m", At).Select(l => l.Label));
        Assert.Equal(["Acknowledge", "Assign", "Snooze"], Links(New).For(NotificationSample.Insolvency with { Kind = "system", Supplier = null }, "m", At).Select(l => l.Label));
        Assert.Empty(Links(New).For(NotificationSample.Insolvency with { ResolvedAt = At }, "m", At));
    }

    [Fact]
    public void Keys_OfOnesOwn_AreMadeOnceAndForTheOwnerAlone()
    {
        string file = Path.Combine(folder, ".secrets", "link-keys");
        var secrets = new SecretReader(folder, _ => null);
        ImmutableArray<byte[]> first = LinkKeys.Read("", file, secrets), again = LinkKeys.Read("", file, secrets);
        Assert.Equal(32, Assert.Single(first).Length);
        Assert.Equal(first[0], again[0]);
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base 64 at all, and long enough to be a key of 32 bytes")]
    public void Keys_ThatAreNone_AreRefusedWithoutBeingRepeated(string line)
    {
        File.WriteAllText(Path.Combine(folder, "k"), line);
        SecretMissingException problem = Assert.Throws<SecretMissingException>(() => LinkKeys.Read("file:k", "", new SecretReader(folder, _ => null)));
        Assert.Contains("file:k", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(line, problem.Message, StringComparison.Ordinal);
    }
}
