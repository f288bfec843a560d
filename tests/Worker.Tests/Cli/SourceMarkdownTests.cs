using Risk.Connectors.Sdk;
using Risk.Worker.Cli;
using Risk.Worker.Tests.Architecture;

namespace Risk.Worker.Tests.Cli;

public sealed class SourceMarkdownTests
{
    private const string Folder = "docs/sources";

    private static readonly IConnectorModule[] Modules = [.. SourceCatalog.Discover().Modules];

    [Fact]
    public void Pages_OfEverySource_AreTheManualInDocs()
    {
        var pages = SourceMarkdown.Pages(Modules);
        string[] kept = [.. SourceTree.Files(Folder, "*.md").Select(p => Path.GetFileName(p)!)];
        string[] outdated = [.. pages.Keys.Union(kept).Where(file => !kept.Contains(file) || pages.GetValueOrDefault(file) != SourceTree.Read($"{Folder}/{file}").ReplaceLineEndings("\n")).Order(StringComparer.Ordinal)];
        Assert.True(outdated.Length == 0, $"{string.Join(", ", outdated)} in {Folder} are out of date; write them anew: rm -r {Folder} && risk sources docs --out {Folder}");
    }

    [Fact]
    public void Page_OfASource_TellsManifestAndReadme()
    {
        string page = SourceMarkdown.Pages(Modules)["cisa-kev.md"];
        Assert.StartsWith("# cisa-kev: CISA Known Exploited Vulnerabilities\n", page, StringComparison.Ordinal);
        Assert.Contains("| terms | CC0 |", page, StringComparison.Ordinal);
        Assert.Contains("| `known_exploited` | 7 days | Vulnerabilities in the supplier's products", page, StringComparison.Ordinal);
        Assert.Contains("catalogVersion", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Catalog_NameOfTwoSources_IsToldOnceWithBoth() =>
        Assert.Matches(@"(?m)^\| `insolvency` \| 14 days \| .*\[companies-house\]\(companies-house.md\), .*\[sec-edgar\]\(sec-edgar.md\)", SourceMarkdown.Pages(Modules)["catalog.md"]);

    [Fact]
    public void Readme_OfEverySource_TravelsInTheAssembly() => Assert.All(Modules, module => Assert.StartsWith("# ", module.Readme, StringComparison.Ordinal));
}
