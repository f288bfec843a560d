using Risk.Rules.Diagnostics;
using Risk.Rules.Matching;
using Risk.Worker.Screening;

namespace Risk.Worker.Tests.Screening;

public sealed class ScreeningFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-screen-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void ReadTargets_AllColumns_AreTaken()
    {
        var diagnostics = new DiagnosticBag();
        ListedName name = Assert.Single(ScreeningFiles.ReadTargets(Write("entity_id,name,is_alias,type,country,list,identifiers\nE1,\"Smith, Jones & Co\",2,vessel,IR,eu,123456; 987654\n"), diagnostics));
        Assert.False(diagnostics.HasErrors);
        Assert.Equal(("E1", "Smith, Jones & Co", NameStrength.WeakAlias, PartyKind.Vessel, "IR", "eu"), (name.EntityId, name.Name, name.Strength, name.Kind, name.Country, name.List));
        Assert.Equal(["123456", "987654"], name.Identifiers!);
    }

    [Theory]
    [InlineData("name\nx\n", "G030", 1)]
    [InlineData("entity_id,name,type\nE1,x,company\n", "G031", 2)]
    [InlineData("entity_id,name,is_alias\nE1,x,3\n", "G031", 2)]
    [InlineData("entity_id,name\nE1,x\n,y\n", "G032", 3)]
    public void ReadTargets_WrongFile_SaysWhere(string content, string code, int line)
    {
        var diagnostics = new DiagnosticBag();
        ScreeningFiles.ReadTargets(Write(content), diagnostics);
        Diagnostic problem = Assert.Single(diagnostics.Sorted());
        Assert.Equal((code, line), (problem.Code, problem.Position.Line));
    }

    [Fact]
    public void ReadQueries_MissingFile_IsADiagnostic()
    {
        var diagnostics = new DiagnosticBag();
        ScreeningFiles.ReadQueries(Path.Combine(folder.FullName, "none.csv"), diagnostics);
        Assert.Equal("G033", Assert.Single(diagnostics.Sorted()).Code);
    }

    [Theory]
    [InlineData("=HYPERLINK(1)", "\"'=HYPERLINK(1)\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("@x", "\"'@x\"")]
    [InlineData("a\"b,c\nd", "\"a\"\"b,c d\"")]
    [InlineData("plain", "plain")]
    public void Row_AnyCell_IsSafeInASpreadsheet(string cell, string written)
    {
        using var writer = new StringWriter();
        new ScreeningResults(writer).Row("q1", 1, "E1", 0.5f, cell);
        Assert.Equal($"q1,1,E1,0.50000,{written}\n", writer.ToString());
    }

    private string Write(string content)
    {
        string path = Path.Combine(folder.FullName, "file.csv");
        File.WriteAllText(path, content);
        return path;
    }
}
