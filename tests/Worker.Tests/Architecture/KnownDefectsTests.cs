namespace Risk.Worker.Tests.Architecture;

/// <summary>Defects that hurt users of other monitors each keep a test here that says <c>[Trait("Defect", "Xnn")]</c>; <c>--filter Defect=X19</c> runs one.</summary>
public sealed class KnownDefectsTests
{
    // Not there: what the program does not do yet (X11 rate limits on people, X14 retired formats, X20 silences, X24 action links, X25 waivers), and X13, one record for each fetch.
    [Theory]
    [InlineData("X01", "X02", "X03", "X04", "X05", "X06", "X07", "X08", "X09", "X10", "X12")]
    [InlineData("X15", "X16", "X17", "X18", "X19", "X21", "X22", "X23", "X26")]
    public void KnownDefects_OfOthers_KeepTheirTests(params string[] defects)
    {
        string tests = string.Concat(SourceTree.Sources("tests").Select(f => f.Code));
        Assert.All(defects, x => Assert.Contains($"[Trait(\"Defect\", \"{x}\")]", tests, StringComparison.Ordinal));
    }
}
