using System.Collections.Immutable;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Catalogs;
using Risk.Rules.Language;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>How answers are written.</summary>
internal enum RowFormat { Json, Csv, Xml, Rss }

/// <summary>How the next page is found.</summary>
internal enum PagingKind { None, Page, Offset, Cursor, Link }

/// <param name="Parameter">Of the query; "" for <see cref="PagingKind.Link"/>.</param>
/// <param name="From">Where in the answer the next cursor is; "" for the others.</param>
/// <param name="First">Number of the first page, or the first offset.</param>
/// <param name="Size">Rows of a whole page; a shorter page is the last. 0: only an empty one is.</param>
/// <param name="Most">Pages that are asked for at most; what goes beyond is a failure, not the end.</param>
internal sealed record Paging(PagingKind Kind, string Parameter, string From, int First, int Size, int Most)
{
    public static readonly Paging None = new(PagingKind.None, "", "", 0, 0, 1);
}

/// <summary>Where the secret goes.</summary>
/// <param name="Name">Of the header, or of the query parameter.</param>
/// <param name="Reference"><c>env:NAME</c> or <c>file:PATH</c>.</param>
/// <param name="Prefix">Before the secret: <c>Bearer </c>.</param>
internal sealed record DeclaredSecret(bool IsHeader, string Name, string Reference, string Prefix);

/// <summary>What a whole list must be to be believed.</summary>
internal sealed record Expectation(int MinimumRows, double MaximumShrink);

/// <summary>How a row of a list finds its supplier. Texts; null where the file does not say.</summary>
/// <param name="Identifiers">Scheme to expression.</param>
internal sealed record RowJoin(CelExpression? Id, ImmutableArray<KeyValuePair<string, CelExpression>> Identifiers, CelExpression? Name, CelExpression? Country);

/// <summary>What is asked again is only what changed since.</summary>
/// <param name="Field">Of type timestamp; its greatest value is where the next run goes on.</param>
internal sealed record Delta(string Field, DateTimeOffset Start);

/// <summary>One signal of a row.</summary>
internal abstract record Gift(CelExpression? When, CelExpression? At);

internal sealed record MetricGift(MetricDefinition Metric, CelExpression Value, CelExpression? When, CelExpression? At) : Gift(When, At);

internal sealed record FactGift(FactDefinition Fact, CelExpression Value, CelExpression? When, CelExpression? At) : Gift(When, At);

internal sealed record EventGift(
    FeedDefinition Feed, CelExpression Id, CelExpression Type, CelExpression Title, CelExpression Severity, CelExpression? Stage, CelExpression? Story, CelExpression? Url, CelExpression? Amount,
    CelExpression? Due, CelExpression? When, CelExpression? At) : Gift(When, At);

/// <summary>A source as the workspace declares it (<c>sources/*.yaml</c>), checked.</summary>
internal sealed record DeclaredSource
{
    public required SourceManifest Manifest { get; init; }

    /// <summary>What it is, for people; "" when the file does not say.</summary>
    public required string About { get; init; }

    public required RowFormat Format { get; init; }

    /// <summary>With holes: <c>supplier</c> where each supplier is asked for, <c>since</c> with a delta.</summary>
    public required CelTemplate Url { get; init; }

    /// <summary>True when each supplier is asked for alone; false when one answer is about all.</summary>
    public required bool AsksEachSupplier { get; init; }

    /// <summary>Where the rows are: a path of JSON members, the name of XML elements; "" for the whole answer.</summary>
    public required string Rows { get; init; }

    public required CsvFormat Csv { get; init; }

    public required ImmutableArray<DeclaredField> Fields { get; init; }

    /// <summary>Fields that are there and not declared are no news; null: no field is.</summary>
    public required ImmutableHashSet<string>? Ignored { get; init; }

    public required ImmutableSortedDictionary<string, string> Headers { get; init; }

    public required DeclaredSecret? Secret { get; init; }

    public required Paging Paging { get; init; }

    public required Delta? Delta { get; init; }

    public required Expectation Expected { get; init; }

    /// <summary>True when an answer says all there is, so that what is not in it any more is withdrawn.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Statuses that mean "nothing there".</summary>
    public required bool NotFoundIsNone { get; init; }

    public required RowJoin? Join { get; init; }

    public required ImmutableArray<Gift> Gifts { get; init; }

    /// <summary>What the address may name.</summary>
    public required CelEnvironment Asking { get; init; }

    /// <summary>What the expressions about rows may name.</summary>
    public required CelEnvironment Environment { get; init; }
}
