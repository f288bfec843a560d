using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Risk.Worker.Hosting;
using Risk.Worker.Observability;

namespace Risk.Worker.Tests.Architecture;

/// <summary>What every file keeps to.</summary>
public sealed class HouseRulesTests
{
    private const int LongestFile = 400;

    [Fact]
    public void Source_AsyncMethods_ReturnTasks() => AssertNone("src", @"\basync void\b");

    [Fact]
    public void Tests_AsyncMethods_ReturnTasks() => AssertNone("tests", @"\basync void\b");

    [Fact]
    public void Source_TheClock_IsReadThroughTimeProvider() => AssertNone("src", @"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b|\bStopwatch\.(StartNew|GetTimestamp)\b");

    [Fact]
    public void Tests_Waiting_IsForEventsAndNotForTime() => AssertNone("tests", @"\bThread\.Sleep\b|\bTask\.Delay\b", "RealAlertmanager.cs");

    [Fact]
    public void Source_Reminders_AreNotLeftBehind()
    {
        var reminder = new Regex(@"\bTODO\b|\bFIXME\b|\bHACK\b|\bNotImplementedException\b");
        Assert.DoesNotContain(SourceTree.Sources("src"), f => reminder.IsMatch(f.Text));
    }

    [Fact]
    public void Source_EveryFile_FitsTheHead() => Assert.DoesNotContain(SourceTree.Sources("src"), f => f.Text.Count(c => c == '\n') > LongestFile);

    [Fact]
    public void Source_TypeNames_SayWhatTheyHold()
    {
        var vague = new Regex(@"\b(class|record|struct|interface)\s+(\w*(Manager|Helper|Helpers|Utils|Util|Dto|Info))\b");
        Assert.DoesNotContain(SourceTree.Sources("src"), f => vague.IsMatch(f.Code));
    }

    [Fact]
    public void LogEvents_OfTheWholeProgram_AreInOnePlaceWithNumbersOfTheirOwn()
    {
        (MethodInfo Method, LoggerMessageAttribute Log)[] events =
        [
            .. typeof(RiskApplication).Assembly.GetTypes().SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Select(m => (m, m.GetCustomAttribute<LoggerMessageAttribute>()!)).Where(e => e.Item2 is not null),
        ];
        Assert.NotEmpty(events);
        Assert.All(events, e => Assert.Equal(typeof(EventLog), e.Method.DeclaringType));
        Assert.Equal(events.Length, events.Select(e => e.Log.EventId).Distinct().Count());
        AssertNone("src", @"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(");
    }

    [Fact]
    public void Bundle_EveryFileInTheExecutable_HasContent()
    {
        Assembly worker = typeof(Bundle).Assembly;
        Assert.All(worker.GetManifestResourceNames(), name =>
        {
            using Stream content = worker.GetManifestResourceStream(name)!;
            Assert.True(content.Length > 0, name);
        });
        string[] needed = ["scoring.yaml", "routing.yaml", "suppliers.csv", "rules/core.yaml"];
        Assert.Empty(needed.Except(Bundle.Workspace.Select(f => f.Path)));
        Assert.NotEmpty(Bundle.DemoDay(1));
        Assert.NotEmpty(Bundle.DemoDay(2));
    }

    [Fact]
    public void Documents_WhatTheyLinkTo_IsThere()
    {
        var link = new Regex(@"\]\((?!https?:|mailto:|#)([^)#\s]+)");
        string[] documents = [.. new[] { "docs", "deploy", "samples", "src" }.SelectMany(folder => SourceTree.Files(folder, "*.md")), .. Directory.EnumerateFiles(SourceTree.Root, "*.md").Select(p => Path.GetFileName(p)!)];
        Assert.NotEmpty(documents);
        foreach (string document in documents)
        {
            string folder = Path.GetDirectoryName(Path.Combine(SourceTree.Root, document))!;
            foreach (string target in link.Matches(SourceTree.Read(document)).Select(m => m.Groups[1].Value))
                Assert.True(Path.Exists(Path.Combine(folder, Uri.UnescapeDataString(target))), $"{document} links to {target}, which is not there");
        }
    }

    [Fact]
    public void Schemas_EachOne_IsLinkedFromTheManual()
    {
        string manual = string.Concat(SourceTree.Files("docs", "*.md").Select(SourceTree.Read));
        Assert.All(SourceTree.Files("schemas", "*.json"), schema => Assert.Contains(schema, manual, StringComparison.Ordinal));
    }

    [Fact]
    public void Decisions_EachOne_IsInTheIndex()
    {
        string index = SourceTree.Read("docs/adr/README.md");
        Assert.All(SourceTree.Files("docs/adr", "0*.md"), record => Assert.Contains(Path.GetFileName(record), index, StringComparison.Ordinal));
    }

    /// <param name="exempt">File names: this file holds the patterns themselves, and a program that runs in real time waits for no clock of ours.</param>
    private static void AssertNone(string folder, string pattern, params string[] exempt)
    {
        var forbidden = new Regex(pattern);
        string[] others = ["HouseRulesTests.cs", .. exempt];
        Assert.DoesNotContain(SourceTree.Sources(folder), f => !others.Contains(Path.GetFileName(f.Path)) && forbidden.IsMatch(f.Code));
    }
}
