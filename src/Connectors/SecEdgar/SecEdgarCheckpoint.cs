using System.Text.Json;
using System.Text.Json.Serialization;

namespace Risk.Connectors.SecEdgar;

/// <summary>What was last seen of each supplier, so that an unchanged answer costs no work. EDGAR sends no validators.</summary>
/// <param name="Mapping">Version of the mappers that made the signals; another version starts afresh, so that a release which maps more maps it for old filings too.</param>
/// <param name="Suppliers">By supplier id.</param>
internal sealed record SecEdgarCheckpoint(int Mapping, SortedDictionary<string, SupplierState> Suppliers)
{
    private const int CurrentMapping = 2;

    /// <summary>Of the watch over all filings; null: every list has to be read.</summary>
    public WatchState? Watch { get; set; }

    public static SecEdgarCheckpoint Read(string? text)
    {
        try
        {
            if (text is not null && JsonSerializer.Deserialize(text, SecEdgarCheckpointJson.Default.SecEdgarCheckpoint) is { Mapping: CurrentMapping, Suppliers: { } suppliers } known)
                return known with { Suppliers = new SortedDictionary<string, SupplierState>(suppliers, StringComparer.Ordinal) };
        }
        catch (JsonException)
        {
            // Written by another release: everything is read again, which costs requests and loses nothing.
        }

        return new SecEdgarCheckpoint(CurrentMapping, new SortedDictionary<string, SupplierState>(StringComparer.Ordinal));
    }

    public string Write() => JsonSerializer.Serialize(this, SecEdgarCheckpointJson.Default.SecEdgarCheckpoint);
}

/// <param name="Submissions">sha256 of the answer, first 16 hex digits (with the number of filings told, when some were left out as not yet public); or why there is none.</param>
/// <param name="Report">Accession of the newest annual or quarterly report whose figures were read; "" when none was.</param>
/// <param name="OpenProceeding">An insolvency is open: its stage also moves with time, so it is told again whenever the list is read.</param>
/// <param name="AwaitsFigures">The newest report's figures are not there yet; they are asked for every day.</param>
/// <param name="ReadOn">When the list was last asked for.</param>
internal sealed record SupplierState(long Cik, string Submissions, string Report, bool OpenProceeding, bool AwaitsFigures, DateOnly ReadOn)
{
    /// <summary>EDGAR has neither filings nor figures; or figures and no list of filings.</summary>
    public const string Nothing = "none", FiguresOnly = "figures only";

    /// <summary>Lists are read again after so long although nothing was filed: tickers and exchanges change without a filing.</summary>
    private const int DaysBetweenReadings = 21, DaysOfSpread = 14;

    /// <summary>The lists follow within minutes; what is not there by then never comes (a filing of another registrant's paper).</summary>
    private const int DaysToShow = 2;

    /// <summary>The list has to be read: something was filed, or nobody knows. Stays until it was read.</summary>
    public bool IsDue { get; init; }

    /// <summary>Accession of a filing that EDGAR has announced and that the list must show; "" when none.</summary>
    public string Awaited { get; init; } = "";

    public DateOnly AwaitedOn { get; init; }

    /// <summary>The last announced filing that the list showed.</summary>
    public string Shown { get; init; } = "";

    public bool HasNoList => Submissions is Nothing or FiguresOnly;

    /// <summary>Whether the list has to be asked for at this day. The spread keeps suppliers that were first read together from being read together for ever.</summary>
    public bool IsToBeRead(DateOnly today) =>
        IsDue || (today != ReadOn && (AwaitsFigures || HasNoList)) || today < ReadOn || today.DayNumber - ReadOn.DayNumber >= DaysBetweenReadings + (Cik % DaysOfSpread);

    /// <summary>After a reading.</summary>
    /// <param name="isShown">The awaited filing is in the list.</param>
    public SupplierState After(SupplierState? known, bool isShown)
    {
        if (known is null) return this;
        bool isAwaited = known.Awaited.Length > 0 && !isShown && ReadOn.DayNumber - known.AwaitedOn.DayNumber <= DaysToShow;
        return this with { IsDue = isAwaited, Awaited = isAwaited ? known.Awaited : "", AwaitedOn = isAwaited ? known.AwaitedOn : default, Shown = isShown ? known.Awaited : known.Shown };
    }

    /// <summary>Somebody filed.</summary>
    public SupplierState With(FiledBy filing, DateOnly today) =>
        filing.Accession == Shown ? this : this with { IsDue = true, Awaited = filing.Accession, AwaitedOn = filing.Accession == Awaited ? AwaitedOn : today };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8)]
[JsonSerializable(typeof(SecEdgarCheckpoint))]
internal sealed partial class SecEdgarCheckpointJson : JsonSerializerContext;
