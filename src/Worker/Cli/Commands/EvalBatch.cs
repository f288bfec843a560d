using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Language;

namespace Risk.Worker.Cli.Commands;

/// <summary><c>risk eval --batch</c>: a JSON array of cases in, an array of answers out. The file is read in pieces, so it may be larger than memory.</summary>
internal static class EvalBatch
{
    private static readonly JsonSerializerOptions Reading = new() { MaxDepth = 1000 };

    public static async Task<int> RunAsync(CommandContext context, string file, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream cases = await OpenAsync(file, cancellationToken);
            if (await FirstAsync(cases, cancellationToken) == '{') throw new CommandFailure(ExitCode.Usage, $"{file}: write a JSON array of cases, [{{\"id\": \"a\", \"expr\": \"1 + 1\"}}, ...]");

            // All of it is read before the first answer, so that a file that breaks off gives a message and not half an array.
            await foreach (JsonElement unused in CasesAsync(cases, cancellationToken))
            {
            }

            cases.Position = 0;
            await context.Output.WriteJsonArrayAsync(AnswersAsync(cases, cancellationToken));
            return ExitCode.Done;
        }
        catch (JsonException problem)
        {
            throw EvalCommand.NotJson(file, problem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{file}: {e.Message}");
        }
    }

    private static async Task<Stream> OpenAsync(string file, CancellationToken cancellationToken)
    {
        var opened = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        if (opened.CanSeek) return opened;
        await using FileStream pipe = opened;
        var copy = new MemoryStream();
        await pipe.CopyToAsync(copy, cancellationToken);
        copy.Position = 0;
        return copy;
    }

    /// <summary>What the file begins with, past blanks.</summary>
    private static async Task<char> FirstAsync(Stream cases, CancellationToken cancellationToken)
    {
        var beginning = new byte[1024];
        int length = await cases.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
        cases.Position = 0;
        return Encoding.UTF8.GetString(beginning, 0, length).TrimStart('\uFEFF', ' ', '\t', '\r', '\n').FirstOrDefault();
    }

    private static IAsyncEnumerable<JsonElement> CasesAsync(Stream cases, CancellationToken cancellationToken) =>
        JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(cases, Reading, cancellationToken);

    private static async IAsyncEnumerable<JsonNode> AnswersAsync(Stream cases, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (JsonElement element in CasesAsync(cases, cancellationToken)) yield return CelCase.Answer(element);
    }
}
