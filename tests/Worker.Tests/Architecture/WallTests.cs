using System.Text.RegularExpressions;
using System.Xml.Linq;
using Risk.Connectors.Sdk;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Tests.Architecture;

/// <summary>The walls of the architecture: who may use what.</summary>
public sealed class WallTests
{
    /// <summary>A library, and the only folders (or files) below src that may name it.</summary>
    public static TheoryData<string, string[]> Libraries => new()
    {
        { "Quartz", ["Worker/Scheduling/"] },
        { "Dapper", ["Worker/Storage/Sqlite/"] },

        // SchedulingSetup hands Quartz the provider factory, which is all that scheduling knows of SQLite.
        { "Microsoft.Data.Sqlite", ["Worker/Storage/Sqlite/", "Worker/Scheduling/SchedulingSetup.cs"] },
        { "SQLitePCL", ["Worker/Storage/Sqlite/"] },
        { "StackExchange", ["Worker/Storage/Redis/"] },
        { "YamlDotNet", ["Worker/RuleFiles/"] },
        { "System.Net.Mail", ["Worker/Alerting/Receivers/Email/"] },
        { "System.CommandLine", ["Worker/Cli/"] },
        { "DnsClient", ["Connectors/DnsRecords/"] },
        { "Polly", ["Worker/Alerting/Delivery/DeliveryTraffic.cs", "Connectors/Sdk/"] },
        { "System.Net.Sockets", ["Worker/Alerting/Receivers/", "Connectors/DnsRecords/", "Connectors/Sdk/"] },
        { "Microsoft.AspNetCore", ["Worker/Hosting/", "Worker/Http/", "Worker/Observability/"] },
    };

    /// <summary>
    /// A folder of src/Worker, and the folders of src/Worker that it may name besides itself. Folders that are not here (Cli, Hosting, Program.cs) put the parts together
    /// and may name all.
    /// </summary>
    public static TheoryData<string, string[]> Folders => new()
    {
        { "Alerting", ["Observability", "Screening", "Storage"] },
        { "Benchmarks", ["Alerting", "RuleFiles", "Screening", "Storage"] },
        { "Configuration", [] },
        { "Evaluation", ["Alerting", "Observability", "Screening", "Storage"] },
        { "Http", ["Alerting", "Configuration", "Storage"] },
        { "Identity", ["Storage"] },
        // The workspace's own sources are files that people edit.
        { "Ingestion", ["Alerting", "Configuration", "Observability", "RuleFiles", "Scheduling", "Screening", "Storage"] },
        { "Observability", ["Hosting", "Storage"] },
        { "Portfolio", ["RuleFiles", "Storage"] },
        { "Replay", ["Alerting", "Storage"] },
        { "Reporting", ["Storage"] },
        { "RuleFiles", [] },
        { "Scheduling", ["Alerting", "Configuration", "Hosting", "Ingestion", "Storage"] },
        { "Screening", ["Storage"] },
        { "Storage", [] },
    };

    [Theory]
    [InlineData("Rules", new string[0])]
    [InlineData("Connectors", new[] { "Rules" })]
    [InlineData("Worker", new[] { "Connectors", "Rules" })]
    public void ProjectReferences_OfEachProject_PointLeftOnly(string project, string[] mayReference)
    {
        XDocument file = XDocument.Parse(SourceTree.Read($"src/{project}/{project}.csproj"));
        IEnumerable<string> references = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Equal(mayReference, references.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rules_InCompiledForm_UsesTheBaseLibraryOnly()
    {
        Assert.All(typeof(Supplier).Assembly.GetReferencedAssemblies(), a => Assert.True(a.Name!.StartsWith("System.", StringComparison.Ordinal), $"Risk.Rules refers to {a.Name}"));
        XDocument file = XDocument.Parse(SourceTree.Read("src/Rules/Rules.csproj"));
        Assert.All(file.Descendants("PackageReference"), p => Assert.Equal("all", p.Attribute("PrivateAssets")?.Value));
    }

    [Fact]
    public void Rules_InCompiledForm_RefersToNothingOutsideTheProcess()
    {
        string[] outside = ["System.Net", "System.IO.FileSystem", "System.Diagnostics.Process", "System.Data", "System.Console"];
        Assert.All(typeof(Supplier).Assembly.GetReferencedAssemblies(), a => Assert.DoesNotContain(outside, o => a.Name!.StartsWith(o, StringComparison.Ordinal)));
    }

    [Fact]
    public void Connectors_InCompiledForm_SeeRulesConfigurationRetriesAndNameServersOnly()
    {
        IEnumerable<string> others = typeof(IConnectorModule).Assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => !n.StartsWith("System.", StringComparison.Ordinal) && !n.StartsWith("Microsoft.Extensions.Configuration", StringComparison.Ordinal));
        Assert.Equal(["DnsClient", "Polly.Core", "Risk.Rules"], others.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Library_InSource_IsNamedInItsPlaceOnly(string library, string[] places)
    {
        var named = new Regex($@"\busing (static |\w+ = )?(global::)?{Regex.Escape(library)}\b|(?<![\w.]){Regex.Escape(library)}\.[A-Z]");
        SourceFile[] naming = [.. SourceTree.Sources("src").Where(f => named.IsMatch(f.Names))];
        Assert.DoesNotContain(naming, f => !places.Any(p => f.Path.StartsWith("src/" + p, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void WorkerFolder_InSource_NamesItsNeighboursOnly(string folder, string[] mayName)
    {
        var named = new Regex(@"\bRisk\.Worker\.([A-Z]\w+)");
        foreach (SourceFile file in SourceTree.Sources($"src/Worker/{folder}"))
        {
            IEnumerable<string> names = named.Matches(file.Code).Select(m => m.Groups[1].Value).Where(n => n != folder).Distinct();
            Assert.True(names.All(n => mayName.Contains(n)), $"{file} names {string.Join(", ", names.Except(mayName))}");
        }
    }

    [Fact]
    public void WorkerFolders_InTheTable_AreAllThereAre()
    {
        string[] composing = ["Cli", "Hosting", "Properties"];
        Assert.Equal(SourceTree.Folders("src/Worker").Except(composing), Folders.Select(row => (string)row[0]!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Routing")]
    [InlineData("Grouping")]
    [InlineData("Muting")]
    [InlineData("Notifications")]
    [InlineData("Calendars")]
    [InlineData("Escalation")]
    [InlineData("People")]
    public void Alerting_DecidingFolders_ArePure(string folder)
    {
        var outside = new Regex(@"\bSystem\.IO\b|\bSystem\.Net\b|\bHttpClient\b|\bFile\.|\bDirectory\.|\bIRiskStore\b|\bIStoreSession\b|\bStorage\.Sqlite\b|\bTimeProvider\b|\bEnvironment\.|\basync\b|\bTask\b|\bRandom\b|\bGuid\.");
        Assert.All(SourceTree.Sources($"src/Worker/Alerting/{folder}"), f => Assert.False(outside.IsMatch(f.Names), $"{f} reaches outside: {outside.Match(f.Names)}"));
    }

    [Fact]
    public void StoreImplementation_OutsideItsFolder_IsNamedWhereTheProgramIsPutTogetherOnly()
    {
        SourceFile[] naming = [.. SourceTree.Sources("src").Where(f => !f.Path.StartsWith("src/Worker/Storage/Sqlite/", StringComparison.Ordinal) && Regex.IsMatch(f.Names, @"\bSqliteRiskStore\b|Storage\.Sqlite\b"))];
        Assert.Equal(["src/Worker/Hosting/RiskApplication.cs"], naming.Select(f => f.Path));
    }

    [Fact]
    public void Namespaces_OfEveryFile_FollowTheFolders()
    {
        foreach (SourceFile file in SourceTree.Sources("src"))
        {
            if (Regex.Match(file.Code, @"^namespace (\S+);", RegexOptions.Multiline) is not { Success: true } found) continue;
            Assert.Equal("Risk." + string.Join('.', file.Path.Split('/')[1..^1]), found.Groups[1].Value);
        }
    }
}
