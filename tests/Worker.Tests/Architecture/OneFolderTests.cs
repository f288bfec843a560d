using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Worker.Alerting.Receivers;

namespace Risk.Worker.Tests.Architecture;

/// <summary>A source is one folder, a receiver is one folder: nothing else has to change for a new one, and nothing else breaks without it.</summary>
public sealed class OneFolderTests
{
    private const string Receivers = "src/Worker/Alerting/Receivers";

    /// <summary>Who may name a source although it is not theirs, and why.</summary>
    private static readonly ImmutableDictionary<string, string[]> MayNameSources = new Dictionary<string, string[]>
    {
        // The recorded scenario is made of these sources' files, so the demo enables them and sets their options.
        ["src/Worker/Cli/Commands/DemoCommand.cs"] = ["certificate-file", "cisa-kev", "companies-house", "gleif", "kpi-file", "ofac-sdn", "sec-edgar"],

        // Observations come by command: the commands are the source's input.
        ["src/Worker/Cli/Commands/SignalsCommand.cs"] = ["soft-signals"],
        ["src/Worker/Cli/SoftSignalRow.cs"] = ["soft-signals"],

        // An example in a help text.
        ["src/Worker/Cli/Commands/SourcesCommand.cs"] = ["cisa-kev"],

        // Exchange rates have one publisher here, and every source that adds up money reads them.
        ["src/Connectors/Sdk/Currency/EuroRates.cs"] = ["ecb-fx"],

        // The field group.spend of rules over groups, which is older than the source.
        ["src/Rules/RulePacks/RuleEnvironment.cs"] = ["spend"],
        ["src/Worker/Cli/RuleExplanationJson.cs"] = ["spend"],
    }.ToImmutableDictionary();

    /// <summary>Sources that read no upstream records of their own, or share them with another list of the same publisher.</summary>
    private static readonly string[] WithoutRecord = ["Contracts", "EcbFx", "OfacCons", "OfacSdn", "UkConList", "UkSanctions"];

    public static TheoryData<string> SourceFolders => [.. SourceTree.Folders("src/Connectors").Where(f => f != "Sdk")];

    public static TheoryData<string> ReceiverFolders => [.. SourceTree.Folders(Receivers)];

    [Fact]
    public void Modules_FoundByScanning_AreOnePerFolder()
    {
        IConnectorModule[] found = [.. SourceCatalog.Discover().Statuses(Empty(), "").Select(s => s.Module)];
        Assert.Equal(SourceTree.Folders("src/Connectors").Where(f => f != "Sdk"), found.Select(m => m.GetType().Namespace!.Split('.')[^1]).Order(StringComparer.Ordinal));
        Assert.Equal(
            typeof(IConnectorModule).Assembly.GetTypes().Where(t => t.IsPublic && t.IsClass && typeof(IConnectorModule).IsAssignableFrom(t)).Select(t => t.FullName).Order(StringComparer.Ordinal),
            found.Select(m => m.GetType().FullName).Order(StringComparer.Ordinal));
        Assert.Equal(found.Length, found.Select(m => m.Manifest.Id).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(SourceFolders))]
    public void Source_Folder_HoldsTheFilesEverySourceHas(string folder)
    {
        string[] files = [.. SourceTree.Files($"src/Connectors/{folder}", "*").Select(p => Path.GetFileName(p)!)];
        Assert.Contains($"{folder}Module.cs", files);
        Assert.Contains($"{folder}Connector.cs", files);
        Assert.Contains("README.md", files);
        Assert.Contains(files, f => f.EndsWith("Mapper.cs", StringComparison.Ordinal));
        if (!WithoutRecord.Contains(folder)) Assert.Contains(files, f => f.EndsWith("Record.cs", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(SourceFolders))]
    public void Source_Manifest_SaysWhatTheReaderOfACatalogNeeds(string folder)
    {
        SourceManifest manifest = Module(folder).Manifest;
        Assert.All(new[] { manifest.Title, manifest.Publisher, manifest.Terms, manifest.Cron }, text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.InRange(manifest.Cadence, TimeSpan.FromMinutes(5), TimeSpan.FromDays(31));
        Assert.True(Risk.Worker.Scheduling.CronSchedules.IsValid(manifest.Cron), manifest.Cron);
        Assert.True(TimeZoneInfo.TryFindSystemTimeZoneById(manifest.TimeZone, out _), manifest.TimeZone);
        Assert.Contains(manifest.Id.Value, SourceTree.Read($"src/Connectors/{folder}/README.md") + folder, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(SourceFolders))]
    public void Source_OutsideItsFolder_IsNamedByNoCode(string folder)
    {
        string id = Module(folder).Manifest.Id.Value;

        // An id with a hyphen is unmistakable; "contracts" and the like are also words, and count when they are a whole string.
        string asText = id.Contains('-', StringComparison.Ordinal) ? $@"\b{id}\b" : $"\"{id}\"";
        var named = new Regex($@"{asText}|Connectors\.{folder}\b|\b{folder}(Module|Connector|Mapper|Record|Options)\b");
        foreach (SourceFile file in SourceTree.Sources("src").Where(f => !f.Path.StartsWith($"src/Connectors/{folder}/", StringComparison.Ordinal)))
        {
            if (MayNameSources.TryGetValue(file.Path, out string[]? allowed) && allowed.Contains(id)) continue;
            Assert.False(named.IsMatch(file.Code), $"{file} names the source {id}: {named.Match(file.Code)}");
        }
    }

    [Theory]
    [MemberData(nameof(ReceiverFolders))]
    public void Receiver_OutsideItsFolder_IsNamedByNoCode(string folder)
    {
        // The folder receiver writes down what the others would send, and the demo's outbox is its writer in the place of every channel.
        string[] mayName = folder == "Folder" ? ["src/Worker/Alerting/Delivery/DeliverySender.cs"] : [$"{Receivers}/Folder/FolderChannel.cs"];
        var named = new Regex($@"Receivers\.{folder}\b|\b{folder}(Channel|Target)\b");
        foreach (SourceFile file in SourceTree.Sources("src").Where(f => !f.Path.StartsWith($"{Receivers}/{folder}/", StringComparison.Ordinal) && !mayName.Contains(f.Path)))
            Assert.False(named.IsMatch(file.Code), $"{file} names the receiver {folder}: {named.Match(file.Code)}");
    }

    [Fact]
    public void Receivers_FoundByScanning_AreOnePerFolder() =>
        Assert.Equal(SourceTree.Folders(Receivers), ReceiverChannels.Discover().All.Select(c => c.GetType().Namespace!.Split('.')[^1]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(ReceiverFolders))]
    public void Receiver_InTheManual_HasItsKey(string folder)
    {
        string key = ReceiverChannels.Discover().All.Single(c => c.GetType().Namespace!.EndsWith("." + folder, StringComparison.Ordinal)).Name + "_configs";
        Assert.Contains(key, SourceTree.Read("docs/receivers.md"), StringComparison.Ordinal);
    }

    private static IConnectorModule Module(string folder) => SourceCatalog.Discover().Statuses(Empty(), "").Select(s => s.Module).Single(m => m.GetType().Namespace!.EndsWith("." + folder, StringComparison.Ordinal));

    private static Microsoft.Extensions.Configuration.IConfiguration Empty() => new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
}
