using System.Diagnostics;
using System.Globalization;
using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>Whatever becomes of the bytes of a rule file, loading it reports and does not throw.</summary>
public sealed class RuleFileFuzzTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly string[] Words = ["\n", "  ", "- ", ": ", "'", "\"", "{", "}", "[", "]", "|", ">-", "&a ", "*a", "!!str ", "#", "\t", "\r\n", "---\n", "...\n", "? ", "<<: ", "%YAML 1.2\n", "\u0085", "\uFEFF", "\0", "null", "-1", "1e999", "P1D", "90d", "when: ", "id: ", "{supplier.name", "}}"];

    [Fact]
    public void Load_OfMutatedFiles_OnlyReports()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "DefaultRules");
        byte[][] files = [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        var catalog = StandardCatalog.Create();
        var clock = new Stopwatch();
        int rounds = Number("RISK_FUZZ_FILE_ROUNDS", 150), first = Number("RISK_FUZZ_FIRST", 0), refused = 0;
        for (int round = first; round < first + rounds; round++)
        {
            var random = new Random(round);
            int changed = random.Next(files.Length);
            var diagnostics = new DiagnosticBag();
            clock.Restart();
            RuleSet? set = null;
            try
            {
                Document[] documents = [.. files.Select((bytes, i) => YamlReader.Read(i == changed ? Mutated(bytes, random) : bytes, $"{i}.yaml", diagnostics))];
                set = RuleSetLoader.Load(documents, catalog, diagnostics);
                foreach (Diagnostic diagnostic in diagnostics.Sorted()) Assert.True(diagnostic.Format().Length > 10 && diagnostic.Message.Length > 3, $"round {round}");
            }
            catch (Exception problem) when (problem is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"round {round}: {problem}");
            }

            Assert.True(set is not null || diagnostics.HasErrors, $"round {round} gave neither rules nor an error");
            Assert.True(clock.Elapsed < Longest, $"round {round} took {clock.Elapsed}");
            if (set is null) refused++;
        }

        // Half of the files hold tests, which cannot break the rules.
        Assert.InRange(refused, rounds / 8, rounds - 1);
    }

    /// <summary>One to three places: bytes lost, flipped, doubled, moved from elsewhere, or a word of YAML put in.</summary>
    private static byte[] Mutated(byte[] file, Random random)
    {
        var bytes = new List<byte>(file);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count - 40), length = random.Next(1, 40);
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - 40), length));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)"[{( -"[random.Next(5)], random.Next(1, 200)));
                    break;
                case 4 when random.Next(20) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.AddRange(new byte[64]);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
