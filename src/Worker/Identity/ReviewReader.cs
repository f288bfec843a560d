using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Diagnostics;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Identity;

/// <summary>What an import has to know to check a row.</summary>
/// <param name="Suppliers">In force, by id.</param>
/// <param name="Offered">Candidates that registers named: the answer and the register's name of it.</param>
internal sealed record ReviewContext(IReadOnlyDictionary<SupplierId, Supplier> Suppliers, IReadOnlyDictionary<(SupplierId Supplier, string Scheme, string Value), (RegisterAnswer Answer, string Name)> Offered);

/// <summary>Reads the decisions of a review file, all of them or every problem.</summary>
/// <remarks>
/// Codes: I001 unreadable, I002 not well-formed, I003 column missing, I004 decision, I005 supplier, I006 scheme, I007 identifier, I008 never offered, I009 decided twice, I010 who is missing,
/// I011 too long.
/// </remarks>
internal sealed class ReviewReader(string file, string by, DateTimeOffset at, ReviewContext context, DiagnosticBag diagnostics)
{
    private const long MaximumBytes = 64L << 20;
    private const int LongestText = 500;
    private static readonly string[] Needed = [ReviewFile.Supplier, ReviewFile.Scheme, ReviewFile.Value, ReviewFile.Decision];
    private static readonly string[] Decisions = ["accept", "reject"];

    private readonly Dictionary<(SupplierId, string, string), (bool Accepted, int Line)> seen = [];
    private readonly Dictionary<(SupplierId, string), int> accepted = [];

    /// <summary>Rows without a decision.</summary>
    public int Open { get; private set; }

    /// <returns>In file order; empty when there are problems.</returns>
    public ImmutableArray<IdentityDecision> Read(string path)
    {
        var decisions = ImmutableArray.CreateBuilder<IdentityDecision>();
        CsvRecords? records = null;
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaximumBytes)
            {
                stream.Dispose();
                Report("I001", 0, 0, $"the file has {stream.Length >> 20} MB, at most {MaximumBytes >> 20} MB are read");
                return [];
            }

            records = new CsvRecords(stream, CsvFormat.ForPeople(stream), file);
            string[] missing = [.. Needed.Where(column => records.IndexOf(column) < 0)];
            foreach (string column in missing) Report("I003", 1, 1, $"the column '{column}' is missing{Suggestion.For(column, records.Header)}; keep the first line that 'risk suppliers resolve --out' wrote");
            while (missing.Length == 0 && records.Read())
            {
                if (ReadRow(records) is { } decision) decisions.Add(decision);
            }
        }
        catch (SourceFailureException failure)
        {
            (int line, int column) = records?.ProblemAt ?? (0, 0);
            string place = $"{file}:{line}:{column}: ";
            Report("I002", line, column, failure.Message.StartsWith(place, StringComparison.Ordinal) ? failure.Message[place.Length..].TrimEnd('.') : failure.Message.TrimEnd('.'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report("I001", 0, 0, $"the file cannot be read: {e.Message.TrimEnd('.')}");
        }
        finally
        {
            records?.Dispose();
        }

        return diagnostics.HasErrors ? [] : decisions.ToImmutable();
    }

    private IdentityDecision? ReadRow(CsvRecords row)
    {
        string decision = Text(row, ReviewFile.Decision).ToLowerInvariant();
        if (decision.Length == 0)
        {
            Open++;
            return null;
        }

        if (!Decisions.Contains(decision)) return Wrong(row, ReviewFile.Decision, "I004", $"the decision '{Shortened(decision)}' is neither accept nor reject{Suggestion.For(decision, Decisions)}; leave it empty to decide later");
        var supplier = new SupplierId(Text(row, ReviewFile.Supplier));
        if (!context.Suppliers.ContainsKey(supplier))
            return Wrong(row, ReviewFile.Supplier, "I005", $"there is no supplier '{Shortened(supplier.Value)}' in force{Suggestion.For(supplier.Value, context.Suppliers.Keys.Select(s => s.Value))}; import the portfolio, or remove the row");
        string scheme = Text(row, ReviewFile.Scheme);
        string[] schemes = [.. context.Offered.Keys.Select(k => k.Scheme).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (!schemes.Contains(scheme)) return Wrong(row, ReviewFile.Scheme, "I006", $"the scheme '{Shortened(scheme)}' is none that registers were asked for{Suggestion.For(scheme, schemes)}");
        IdentifierCheck check = IdentifierChecks.Check(scheme, Text(row, ReviewFile.Value));
        if (!check.IsValid) return Wrong(row, ReviewFile.Value, "I007", check.Problem);
        if (!context.Offered.TryGetValue((supplier, scheme, check.Value), out (RegisterAnswer Answer, string Name) offered))
            return Wrong(row, ReviewFile.Value, "I008", $"{scheme} {check.Value} was never offered for '{supplier}'; an identifier that you know yourself belongs in the portfolio file");
        string who = Text(row, ReviewFile.By) is { Length: > 0 } named ? named : by, note = Text(row, ReviewFile.Note);
        if (who.Length == 0) return Wrong(row, ReviewFile.By, "I010", "who decided is missing; fill the column 'by', or call with --by NAME");
        if (who.Length > LongestText || note.Length > LongestText) return Wrong(row, who.Length > LongestText ? ReviewFile.By : ReviewFile.Note, "I011", $"the text has more than {LongestText} characters");
        bool isAccepted = decision == "accept";
        if (seen.TryGetValue((supplier, scheme, check.Value), out (bool Accepted, int Line) before))
            return before.Accepted == isAccepted ? null : Wrong(row, ReviewFile.Decision, "I009", $"line {before.Line} decides the same candidate the other way; keep one of the rows");
        seen.Add((supplier, scheme, check.Value), (isAccepted, row.Line));
        if (isAccepted && !accepted.TryAdd((supplier, scheme), row.Line))
            return Wrong(row, ReviewFile.Decision, "I009", $"line {accepted[(supplier, scheme)]} accepts another {scheme} for '{supplier}'; a company has one: reject the others");
        return new IdentityDecision(supplier, scheme, check.Value, isAccepted, who, note, offered.Answer.Source, offered.Name, at);
    }

    /// <summary>Without control characters: it goes into the ledger and onto terminals.</summary>
    private static string Text(CsvRecords row, string column)
    {
        string text = CsvCell.Read(row.Text(column).Trim()).Trim();
        return text.Any(char.IsControl) ? new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]) : text;
    }

    private IdentityDecision? Wrong(CsvRecords row, string column, string code, string message)
    {
        Report(code, row.Line, Math.Max(1, row.ColumnOf(row.IndexOf(column))), message);
        return null;
    }

    private void Report(string code, int line, int column, string message) => diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, code, message, new SourcePosition(file, line, column)));

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
