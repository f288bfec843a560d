using System.Text.Json;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.SecEdgar;

/// <summary>One tagged figure: the newest filed value of a concept for a period.</summary>
/// <param name="Unit">A currency, or <c>shares</c>.</param>
/// <param name="Start">First day of a flow; null for an instant.</param>
/// <param name="Form">Of the filing, for example <c>10-K</c>; says nothing about the figure's period.</param>
internal sealed record CompanyFact(string Taxonomy, string Concept, string Unit, DateOnly? Start, DateOnly End, double Value, string Accession, string Form, DateOnly Filed)
{
    /// <summary>What the first filing said that told the period, where a later one told it otherwise.</summary>
    public double? FirstReported { get; init; }

    /// <summary>Inclusive; 0 for an instant.</summary>
    public int Days => Start is { } start ? End.DayNumber - start.DayNumber + 1 : 0;
}

/// <summary>The figures of a company that the ratios need, out of <c>companyfacts</c>.</summary>
/// <param name="Facts">One for each taxonomy, concept, unit and period.</param>
/// <param name="Accessions">Filings that the wanted figures come from.</param>
internal sealed record CompanyFacts(IReadOnlyCollection<CompanyFact> Facts, IReadOnlySet<string> Accessions)
{
    /// <summary>The shares on a report's cover, which are counted some weeks after the period.</summary>
    public const string CoverShares = "EntityCommonStockSharesOutstanding";

    /// <summary>Reads an answer forwards once and skips every concept that no ratio needs: answers have several megabytes, the ratios need one percent of them.</summary>
    /// <param name="knownUntil">Figures filed later are left out, restated ones too: what was known by that day. Null: all.</param>
    /// <exception cref="SourceFailureException">Malformed: not JSON, or another company's.</exception>
    public static CompanyFacts Read(ReadOnlySpan<byte> json, long cik, FetchAudit audit, DateOnly? knownUntil = null)
    {
        var facts = new FactSet(knownUntil ?? DateOnly.MaxValue);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        bool sawFacts = false;
        try
        {
            reader.Read();
            Enter(ref reader);
            while (NextMember(ref reader, out string member))
            {
                if (member == "cik")
                {
                    if (ReadCik(ref reader) != cik) throw Malformed(cik, "is about another company");
                }
                else if (member == "facts")
                {
                    sawFacts = true;
                    Enter(ref reader);
                    while (NextMember(ref reader, out string taxonomy))
                    {
                        if (taxonomy == "dei" || Concepts.Find(taxonomy) is not null) ReadConcepts(ref reader, taxonomy, facts, audit);
                        else reader.Skip();
                    }
                }
                else
                {
                    if (member != "entityName") audit.Drift(FieldDrift.Unknown, member);
                    reader.Skip();
                }
            }

            // Anything but white space after the object is an error here.
            reader.Read();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Malformed(cik, "is not the expected JSON", error);
        }

        return sawFacts ? new CompanyFacts(facts.Newest, facts.Accessions) : throw Malformed(cik, "has no facts");
    }

    /// <summary>Where a figure stands in the answer, for what is told of its members.</summary>
    private const string Row = "facts.*.*.units.*[].";

    private static long? ReadCik(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out long number) => number,
        JsonTokenType.String => CentralIndexKey.Parse(reader.GetString()),
        _ => null,
    };

    private static void ReadConcepts(ref Utf8JsonReader reader, string taxonomy, FactSet facts, FetchAudit audit)
    {
        Concepts? concepts = Concepts.Find(taxonomy);
        Enter(ref reader);
        while (NextMember(ref reader, out string concept))
        {
            if (!(concepts?.All.Contains(concept) ?? concept == CoverShares))
            {
                reader.Skip();
                continue;
            }

            Enter(ref reader);
            while (NextMember(ref reader, out string member))
            {
                if (member != "units")
                {
                    if (member is not ("label" or "description")) audit.Drift(FieldDrift.Unknown, "facts.*.*." + member);
                    reader.Skip();
                    continue;
                }

                Enter(ref reader);
                while (NextMember(ref reader, out string unit))
                {
                    // Currencies are three capitals; "pure" and inventions are neither money nor shares.
                    if (unit == "shares" || (unit.Length == 3 && unit.All(char.IsAsciiLetterUpper))) ReadRows(ref reader, (taxonomy, concept, unit), facts, audit);
                    else reader.Skip();
                }
            }
        }
    }

    private static void ReadRows(ref Utf8JsonReader reader, (string Taxonomy, string Concept, string Unit) of, FactSet facts, FetchAudit audit)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new FormatException("A unit holds no list of figures.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string? start = null, end = null, accession = null, form = null, filed = null;
            double? value = null;
            Enter(ref reader);
            while (NextMember(ref reader, out string member))
            {
                switch (member)
                {
                    case "start": start = Text(ref reader); break;
                    case "end": end = Text(ref reader); break;
                    case "accn": accession = Text(ref reader); break;
                    case "form": form = Text(ref reader); break;
                    case "filed": filed = Text(ref reader); break;
                    case "val" when reader.TokenType == JsonTokenType.Number: value = reader.GetDouble(); break;
                    case "fy" or "fp" or "frame": reader.Skip(); break;
                    case "val":
                        if (reader.TokenType != JsonTokenType.Null) audit.Drift(FieldDrift.Retyped, Row + member);
                        reader.Skip();
                        break;
                    default:
                        audit.Drift(FieldDrift.Unknown, Row + member);
                        reader.Skip();
                        break;
                }
            }

            audit.CountRead();
            bool hasPeriod = Dates.Parse(end) is not null && (start is null || Dates.Parse(start) is not null);
            if (value is { } figure && double.IsFinite(figure) && hasPeriod && accession is not null && Dates.Parse(filed) is { } filedOn)
                facts.Add(new CompanyFact(of.Taxonomy, of.Concept, of.Unit, Dates.Parse(start), Dates.Parse(end)!.Value, figure, accession, form ?? "", filedOn));
            else
                audit.Reject($"{of.Concept} {accession}", "figure without value, period, filing or filing date");
        }
    }

    /// <summary>Keeps the newest filed figure of each concept, unit and period, and what the first filing said.</summary>
    private sealed class FactSet(DateOnly knownUntil)
    {
        private readonly Dictionary<(string Taxonomy, string Concept, string Unit, DateOnly? Start, DateOnly End), (CompanyFact First, CompanyFact Newest)> byPeriod = [];

        public IReadOnlyCollection<CompanyFact> Newest =>
            [.. byPeriod.Values.Select(f => f.First.Value == f.Newest.Value ? f.Newest : f.Newest with { FirstReported = f.First.Value })];

        public HashSet<string> Accessions { get; } = new(StringComparer.Ordinal);

        public void Add(CompanyFact fact)
        {
            if (fact.Filed > knownUntil) return;
            Accessions.Add(fact.Accession);
            var period = (fact.Taxonomy, fact.Concept, fact.Unit, fact.Start, fact.End);
            byPeriod[period] = byPeriod.TryGetValue(period, out var known)
                ? (IsNewer(known.First, fact) ? fact : known.First, IsNewer(fact, known.Newest) ? fact : known.Newest)
                : (fact, fact);
        }

        private static bool IsNewer(CompanyFact fact, CompanyFact known) =>
            fact.Filed != known.Filed ? fact.Filed > known.Filed : string.CompareOrdinal(fact.Accession, known.Accession) > 0;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }

    private static void Enter(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException("An object was expected.");
    }

    /// <summary>Steps to the next member's value, or out of the object after the last.</summary>
    private static bool NextMember(ref Utf8JsonReader reader, out string name)
    {
        name = "";
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject) return false;
        name = reader.GetString() ?? "";
        reader.Read();
        return true;
    }

    private static SourceFailureException Malformed(long cik, string what, Exception? inner = null) =>
        new(FailureKind.Malformed, $"The companyfacts answer for CIK {cik} {what}; nothing of it was kept, the next run tries again.", inner);
}
