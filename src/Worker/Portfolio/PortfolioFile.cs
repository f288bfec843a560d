using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Portfolio;

/// <summary>What a portfolio file says.</summary>
/// <param name="Suppliers">In file order; empty when there are errors.</param>
/// <param name="Diagnostics">Everything there is to say about the file at once, by place.</param>
/// <param name="Notes">How it was read where that was not obvious: encoding, separator.</param>
public sealed record PortfolioReadResult(ImmutableArray<Supplier> Suppliers, ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<string> Notes)
{
    /// <summary>How messages name the file.</summary>
    public string File { get; init; } = "suppliers.csv";

    /// <summary>Columns of the portfolio's own, ordinal order; of the rows that could be read also when others could not, so that rules that name them are not wrong too.</summary>
    public ImmutableArray<string> OwnColumns { get; init; } = [];

    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}

/// <summary>Reads <c>suppliers.csv</c> or <c>suppliers.yaml</c>.</summary>
/// <remarks>
/// CSV: UTF-8, UTF-16 with byte order mark, else Windows-1252; comma, semicolon or tab, found from the header; lists are separated by <c>;</c> within a value.
/// A row whose fields are all empty is passed over; a value that a spreadsheet would take for a formula is text like any other.
/// Codes: P001 unreadable, P002 empty, P003 not well-formed, P004 column missing, P005 column twice or unnamed, P006 column that looks like a known one, P007 row too
/// long, P008 reserved column, P010 id, P011 id twice, P012 name, P013 choice, P014 number, P015 yes or no, P016 date, P017 country, P018 currency, P019 identifier,
/// P020 web address, P021 contract without id, P022 identifier shared, P030 too many retired.
/// </remarks>
public static class PortfolioFile
{
    public const long MaximumBytes = 256L * 1024 * 1024;

    /// <summary>What the file of a workspace may be called.</summary>
    public static ImmutableArray<string> Names { get; } = ["suppliers.csv", "suppliers.yaml"];

    /// <summary>The portfolio of a workspace: <c>suppliers.csv</c>, else <c>suppliers.yaml</c>.</summary>
    /// <param name="workspace">Folder.</param>
    public static PortfolioReadResult ReadWorkspace(string workspace)
    {
        string csv = Path.Combine(workspace, "suppliers.csv"), yaml = Path.Combine(workspace, "suppliers.yaml");
        if (File.Exists(csv) && File.Exists(yaml))
            return Failed("suppliers.csv", "the workspace has a suppliers.csv and a suppliers.yaml; keep one, so that it is clear which counts");
        return File.Exists(yaml) ? Read(yaml, "suppliers.yaml") : Read(csv, "suppliers.csv");
    }

    /// <param name="displayName">How messages name the file.</param>
    public static PortfolioReadResult Read(string path, string displayName)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.SequentialScan);
            return Read(stream, displayName) with { File = displayName };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Failed(displayName, $"the file is not there; make one with a first line such as 'id,name,country,lei' and a line for each supplier");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(displayName, $"the file cannot be read: {e.Message.TrimEnd('.')}; close it in other programs and check its rights");
        }
    }

    /// <param name="stream">Seekable; left open by YAML, closed by CSV.</param>
    /// <param name="displayName">How messages name the file; <c>.yaml</c> and <c>.yml</c> are YAML, all else is CSV.</param>
    public static PortfolioReadResult Read(Stream stream, string displayName)
    {
        if (stream.Length > MaximumBytes) return Failed(displayName, $"the file has {stream.Length >> 20} MB, at most {MaximumBytes >> 20} MB are read; keep one row for each supplier");
        var diagnostics = new DiagnosticBag();
        List<Supplier> suppliers;
        List<string> notes = [];
        if (Path.GetExtension(displayName) is ".yaml" or ".yml")
        {
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            suppliers = PortfolioYaml.Read(content, displayName, diagnostics);
        }
        else
        {
            var csv = new PortfolioCsv(displayName, diagnostics);
            suppliers = csv.Read(stream);
            notes = csv.Notes;
        }

        return new PortfolioReadResult(diagnostics.HasErrors ? [] : [.. suppliers], diagnostics.Sorted(), [.. notes])
        {
            OwnColumns = [.. suppliers.SelectMany(s => s.Attributes.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Warns of a name that is close to a known one: the column would silently become one of the portfolio's own.</summary>
    internal static void CheckColumn(string name, string title, SourcePosition at, string? sourceLine, DiagnosticBag diagnostics)
    {
        if (PortfolioColumn.Known.Contains(name)) return;
        if (name == PortfolioColumn.Status)
        {
            diagnostics.Add(new Diagnostic(
                DiagnosticSeverity.Warning, "P008", $"the column '{title}' is not read: whether a supplier is active is what its row says by being there; rename it to use it in rules", at, sourceLine, title.Length));
        }
        else if (Suggestion.Nearest(name, PortfolioColumn.Known) is { } near)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Warning, "P006", $"the column '{title}' is taken as one of your own (supplier.{name}); did you mean '{near}'?", at, sourceLine, title.Length));
        }
    }

    private static PortfolioReadResult Failed(string file, string message) =>
        new([], [new Diagnostic(DiagnosticSeverity.Error, "P001", message, new SourcePosition(file, 0, 0))], []);
}
