using System.Globalization;
using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;

namespace Risk.Connectors.Certificates;

/// <summary>Reads the whole file at each run: a row that is gone is a certificate that is gone, unless so much is gone, or so damaged, that the file itself is in doubt.</summary>
internal sealed class CertificatesConnector : IConnector
{
    /// <summary>Dozens of certificates for each of a hundred thousand suppliers; more is an export gone wrong.</summary>
    private const long MaximumBytes = 64 * 1024 * 1024;

    private static readonly string[] Columns = ["supplier", "certificate", "issued", "expires", "scope"];

    /// <summary>A column that is none of these is passed over, and told.</summary>
    private static readonly RecordFormat Format = RecordFormat.Of(string.Join('\n', Columns.Select(c => c + " text optional")));

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (IReadOnlyCollection<EventSignal> signals, bool isWhole) = Read(Path.Combine(context.Workspace, CertificatesModule.File), context);
        if (signals.Count == 0) throw new SourceFailureException(FailureKind.Malformed, $"{CertificatesModule.File} holds no certificate that can be read; what was known stays. If there are none, delete the file.");
        string counts = RecordCounts.Check(context, [KeyValuePair.Create(CertificatesModule.File, context.Audit.Read)]);
        yield return new ListUpdate([]) { Signals = [.. signals], Complete = isWhole, Checkpoint = counts };
        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <returns>What is held; and false when a row could not be read, so that its certificate is not known to be gone.</returns>
    private static (IReadOnlyCollection<EventSignal> Held, bool IsWhole) Read(string path, FetchContext context)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > MaximumBytes) throw new SourceFailureException(FailureKind.Misconfigured, $"{CertificatesModule.File} is larger than 64 MB; keep one row for each certificate that is held now");
            return Read(stream, context);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No file is no knowledge: nothing may be taken back for it.
            throw new SourceFailureException(FailureKind.Misconfigured, $"{CertificatesModule.File} cannot be opened in the workspace; put it back, or take the source out of Risk:Sources:Enabled", e);
        }
    }

    private static (IReadOnlyCollection<EventSignal> Held, bool IsWhole) Read(Stream stream, FetchContext context)
    {
        using var csv = new CsvRecords(stream, CsvFormat.ForPeople(stream), CertificatesModule.File);
        int[] columns = [.. Columns.Select(csv.IndexOf)];
        if (Columns.Zip(columns).FirstOrDefault(c => c.Second < 0 && c.First != "scope").First is { } absent)
            throw new SourceFailureException(FailureKind.Malformed, $"{CertificatesModule.File}:1:1: there is no column {absent}; the first row must name the columns {string.Join(", ", Columns)}.");
        HashSet<string> suppliers = [.. context.Suppliers.Select(s => s.Id.Value)];
        var held = new Dictionary<(string, string), EventSignal>();
        bool isWhole = true;
        while (csv.Read())
        {
            context.Audit.CountRead();
            var record = new CertificatesRecord(csv.Row, Text(0), Text(1), Text(2), Text(3), Text(4));
            if (!suppliers.Contains(record.SupplierId)) Reject("supplier", "no active supplier of the portfolio has this id");
            else if (!CertificatesMapper.TryMap(record, context.Manifest.Id, context.ObservedAt, out EventSignal? signal, out string column, out string problem))
            {
                isWhole = false;
                Reject(column, problem);
            }

            // The renewal stands beside what it renews: the one that is valid longer counts.
            else if (!held.TryGetValue((record.SupplierId, signal.Id), out EventSignal? other) || other.Due < signal.Due) held[(record.SupplierId, signal.Id)] = signal;
        }

        Format.Check(csv.Header, csv.Row, context.Audit);
        return (held.Values, isWhole);

        string Text(int index) => columns[index] < 0 ? "" : csv[columns[index]].Trim().ToString();

        void Reject(string column, string problem) => context.Audit.Reject(
            string.Create(CultureInfo.InvariantCulture, $"{CertificatesModule.File}:{csv.Line}:{csv.ColumnOf(columns[Array.IndexOf(Columns, column)])}"), $"{column}: {problem}");
    }
}
