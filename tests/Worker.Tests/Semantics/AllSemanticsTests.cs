using System.Globalization;
using System.Reflection;

namespace Risk.Worker.Tests.Semantics;

/// <summary>RULES.md section 5 lists forty semantics. The class that tests number 17 begins with <c>S17_</c>.</summary>
public sealed class AllSemanticsTests
{
    [Fact]
    public void Numbers_OneToForty_HaveTestsOfTheirOwn()
    {
        ILookup<string, Type> classes = typeof(AllSemanticsTests).Assembly.GetTypes()
            .Where(t => t.Namespace == typeof(AllSemanticsTests).Namespace && t.Name.Length > 4 && t.Name[0] == 'S' && t.Name[3] == '_').ToLookup(t => t.Name[1..3], StringComparer.Ordinal);
        string[] wanted = [.. Enumerable.Range(1, 40).Select(i => i.ToString("00", CultureInfo.InvariantCulture))];
        Assert.Equal(wanted, classes.Select(g => g.Key).Order(StringComparer.Ordinal));
        Assert.All(classes.SelectMany(g => g), type => Assert.Contains(type.GetMethods(), m => m.GetCustomAttribute<FactAttribute>() is not null));
    }
}
