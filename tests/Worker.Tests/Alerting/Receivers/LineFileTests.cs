using System.Globalization;
using System.Text;
using System.Text.Json;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers.Folder;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class LineFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("risk-lines-").FullName;

    private string File => Path.Combine(folder, "out", "alerts.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Append_Again_WritesTheLineOnce()
    {
        var lines = new LineFile(1_000_000, 3);
        for (int attempt = 0; attempt < 2; attempt++)
            foreach (int number in (int[])[1, 2, 3]) Assert.IsType<DeliveryOutcome.Delivered>(lines.Append(File, Delivery(number)));
        Assert.Equal(["d1", "d2", "d3"], Ids(File));
    }

    [Fact]
    public void Append_AfterATornLine_ClosesItAndWritesAWholeOne()
    {
        var lines = new LineFile(1_000_000, 3);
        lines.Append(File, Delivery(1));
        byte[] torn = Delivery(2).Body[..30];
        System.IO.File.AppendAllBytes(File, torn);
        lines.Append(File, Delivery(2));
        lines.Append(File, Delivery(3));
        string[] all = System.IO.File.ReadAllLines(File);
        Assert.Equal(4, all.Length);
        Assert.Equal(Encoding.UTF8.GetString(torn), all[1]);
        Assert.Equal(["d1", "d2", "d3"], all.Where((_, i) => i != 1).Select(Id));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Append_Full_SetsTheFileAsideAndKeepsSoMany(int files)
    {
        var lines = new LineFile(200, files);
        for (int number = 1; number <= 20; number++) lines.Append(File, Delivery(number));
        string[] kept = Directory.GetFiles(Path.GetDirectoryName(File)!);
        Assert.Equal(files, kept.Length);
        Assert.All(kept, f => Assert.InRange(new FileInfo(f).Length, 1, 200));
        string[] ids = [.. kept.OrderByDescending(f => f, StringComparer.Ordinal).SelectMany(Ids)];
        Assert.Equal(Enumerable.Range(21 - ids.Length, ids.Length).Select(n => string.Create(CultureInfo.InvariantCulture, $"d{n}")), ids);
    }

    [Fact]
    public void Append_WhereNothingCanBeWritten_IsTriedAgain()
    {
        System.IO.File.WriteAllText(Path.Combine(folder, "out"), "a file where the folder should be");
        Assert.IsType<DeliveryOutcome.RetryLater>(new LineFile(200, 3).Append(File, Delivery(1)));
    }

    private static IEnumerable<string> Ids(string file) => System.IO.File.ReadAllLines(file).Select(Id);

    private static string Id(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("delivery").GetString()!;
    }

    private static Delivery Delivery(int number)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"d{number}");
        return new Delivery(id, "n", "g", "audit", "file", 0, "x", "", Encoding.UTF8.GetBytes($$"""{"schema":"webhook/1","delivery":"{{id}}","text":"some text"}"""), NotificationSample.At, DeliveryState.Pending, 0, null, null, "", "", []);
    }
}
