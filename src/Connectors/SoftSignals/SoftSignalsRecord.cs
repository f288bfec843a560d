using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.SoftSignals;

/// <summary>What somebody of the buyer's own observed about a supplier.</summary>
/// <param name="Kind">One of <see cref="SoftSignalKind.All"/>.</param>
/// <param name="At">When it was observed.</param>
/// <param name="By">Who says so: a name or a mail address, without a colon.</param>
/// <param name="Evidence">Address of a document, or a path in the workspace; or "".</param>
/// <param name="Expires">From when on it says nothing any more.</param>
public sealed record SoftSignalsRecord(string Supplier, SoftSignalKind Kind, DateTimeOffset At, string By, string Note, string Evidence, int Severity, DateTimeOffset Expires);

/// <summary>A kind of observation. Read from <c>kinds.csv</c>.</summary>
/// <param name="Category">Of the score.</param>
/// <param name="Severity">1 to 5, where the observer gives none.</param>
/// <param name="Days">How long it counts, where the observer does not say.</param>
public sealed record SoftSignalKind(string Name, string Category, int Severity, int Days, string Meaning)
{
    private const string File = "soft-signals/kinds.csv";

    /// <summary>In the order of the file.</summary>
    public static ImmutableArray<SoftSignalKind> All { get; } = [.. Read()];

    public static SoftSignalKind? Find(string name) => All.FirstOrDefault(k => k.Name == name.Replace('-', '_'));

    private static IEnumerable<SoftSignalKind> Read()
    {
        Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(File) ?? throw new InvalidOperationException($"the table '{File}' is not in this program");
        using var csv = new CsvRecords(stream, new CsvFormat(), File);
        while (csv.Read())
            yield return new SoftSignalKind(csv.Text("kind"), csv.Text("category"), int.Parse(csv["severity"], CultureInfo.InvariantCulture), int.Parse(csv["days"], CultureInfo.InvariantCulture), csv.Text("meaning"));
    }
}
