using System.Globalization;
using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.FdaWarningLetters;

/// <summary>Reads the whole table at each run: it has a few thousand rows, and a letter of last year counts against a supplier of today.</summary>
internal sealed class FdaWarningLettersConnector : IConnector
{
    private const long MaximumBytes = 32L << 20;
    private const int PageSize = 500;
    private const int MostPages = 100;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<string> files = SourceFiles.Find(context.Workspace, FdaWarningLettersModule.Id.Value, "*.csv");
        IReadOnlyList<FdaWarningLettersRecord> rows = files.Count > 0 ? [.. files.SelectMany(file => Read(file, context.Audit))] : await DownloadAsync(context, cancellationToken).ConfigureAwait(false);
        context.Audit.CountRead(rows.Count);
        if (rows.Count == 0) throw new SourceFailureException(FailureKind.Malformed, "The table of warning letters has no rows; what was known stays.");

        // The same letter may be in files of two months.
        var letters = new Dictionary<string, FdaWarningLettersRecord>(StringComparer.Ordinal);
        foreach (FdaWarningLettersRecord row in rows)
        {
            if (FdaWarningLettersMapper.Problem(row, context.ObservedAt) is { } problem) context.Audit.Reject(row.Company, problem);
            else letters[FdaWarningLettersMapper.KeyOf(row)] = row;
        }

        string checkpoint = RecordCounts.Check(context, [KeyValuePair.Create("letters", letters.Count)]);
        ILookup<NamedFirm, FirmMatch> matches = FirmJoin.Of(letters.Values.Select(FdaWarningLettersMapper.FirmOf), context.Suppliers, cancellationToken);
        yield return new ListUpdate([])
        {
            Signals = [.. letters.Values.SelectMany(letter => matches[FdaWarningLettersMapper.FirmOf(letter)].Select(match => FdaWarningLettersMapper.Map(letter, match, context.ObservedAt)))],
            Complete = true,
            Checkpoint = checkpoint,
        };
    }

    /// <summary>Without it the table is empty to some callers.</summary>
    private static readonly Dictionary<string, string> AsTheScript = new(StringComparer.Ordinal) { ["X-Requested-With"] = "XMLHttpRequest" };

    private static IEnumerable<FdaWarningLettersRecord> Read(string file, FetchAudit audit)
    {
        using FileStream stream = SourceFiles.Open(FdaWarningLettersModule.Id.Value, file);
        foreach (FdaWarningLettersRecord row in FdaWarningLettersTable.ReadCsv(stream, SourceFiles.NameOf(FdaWarningLettersModule.Id.Value, file), audit)) yield return row;
    }

    private static async Task<IReadOnlyList<FdaWarningLettersRecord>> DownloadAsync(FetchContext context, CancellationToken cancellationToken)
    {
        var rows = new List<FdaWarningLettersRecord>();
        for (int page = 0; page < MostPages; page++)
        {
            SourceResponse answer = await context.Http.GetAsync(Address(rows.Count), MaximumBytes, cancellationToken, headers: AsTheScript).ConfigureAwait(false);
            (IReadOnlyList<FdaWarningLettersRecord> more, int total) = FdaWarningLettersTable.ReadJson(answer.Body, context.Audit);
            rows.AddRange(more);
            context.Progress(rows.Count, total, "warning letters");
            if (rows.Count >= total) return rows;
            if (more.Count == 0)
                throw new SourceFailureException(FailureKind.Truncated, string.Create(CultureInfo.InvariantCulture, $"www.fda.gov counts {total} warning letters and gave {rows.Count}; nothing of this run was kept."));
        }

        throw new SourceFailureException(FailureKind.TooLarge, $"www.fda.gov has more than {MostPages * PageSize} warning letters; something is wrong with the answers.");
    }

    private static Uri Address(int start) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"https://www.fda.gov/datatables/views/ajax?_drupal_ajax=1&_wrapper_format=drupal_ajax&pager_element=0&view_name=warning_letter_solr_index&view_display_id=warning_letter_solr_block&draw=1&start={start}&length={PageSize}"));
}
