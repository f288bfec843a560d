using System.Text.Json;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.SecEdgar;

/// <summary>One tagged figure: the newest filed value of a concept for a period.</summary>
/// <param name="Start">First day of a flow; null for an instant.</param>
/// <param name="Form">Of the filing, for example <c>10-K</c>; says nothing about the figure's period.</param>
internal sealed record CompanyFact(string Concept, string Currency, DateOnly? Start, DateOnly End, double Value, string Accession, string Form, DateOnly Filed);

/// <summary>The figures of a company that the ratios need, out of <c>companyfacts</c>.</summary>
/// <param name="Facts">By concept, currency and period.</param>
/// <param name="Accessions">Filings that the wanted figures come from.</param>
internal sealed record CompanyFacts(IReadOnlyDictionary<(string Concept, string Currency, DateOnly? Start, DateOnly End), CompanyFact> Facts, IReadOnlySet<string> Accessions)
{
    /// <summary>Reads an answer forwards once and skips every concept that no ratio needs: answers have several megabytes, the ratios need one percent of them.</summary>
    /// <exception cref="SourceFailureException">Malformed: not JSON, or another company's.</exception>
    public static CompanyFacts Read(ReadOnlySpan<byte> json, long cik, FetchAudit audit)
    {
        var facts = new Dictionary<(string, string, DateOnly?, DateOnly), CompanyFact>();
        var accessions = new HashSet<string>(StringComparer.Ordinal);
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
                    long? answered = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : reader.TokenType == JsonTokenType.String ? CentralIndexKey.Parse(reader.GetString()) : null;
                    if (answered != cik) throw Malformed(cik, "is about another company");
                }
                else if (member == "facts")
                {
                    sawFacts = true;
                    Enter(ref reader);
                    while (NextMember(ref reader, out string taxonomy))
                    {
                        if (taxonomy == "us-gaap") ReadConcepts(ref reader, facts, accessions, audit);
                        else reader.Skip();
                    }
                }
                else
                {
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

        return sawFacts ? new CompanyFacts(facts, accessions) : throw Malformed(cik, "has no facts");
    }

    private static void ReadConcepts(ref Utf8JsonReader reader, Dictionary<(string, string, DateOnly?, DateOnly), CompanyFact> facts, HashSet<string> accessions, FetchAudit audit)
    {
        Enter(ref reader);
        while (NextMember(ref reader, out string concept))
        {
            if (!Concepts.All.Contains(concept))
            {
                reader.Skip();
                continue;
            }

            Enter(ref reader);
            while (NextMember(ref reader, out string member))
            {
                if (member != "units")
                {
                    reader.Skip();
                    continue;
                }

                Enter(ref reader);
                while (NextMember(ref reader, out string unit))
                {
                    // Currencies are three capitals; "shares", "pure" and inventions are not money.
                    if (unit.Length == 3 && unit.All(char.IsAsciiLetterUpper)) ReadRows(ref reader, concept, unit, facts, accessions, audit);
                    else reader.Skip();
                }
            }
        }
    }

    private static void ReadRows(ref Utf8JsonReader reader, string concept, string currency, Dictionary<(string, string, DateOnly?, DateOnly), CompanyFact> facts, HashSet<string> accessions, FetchAudit audit)
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
                    default: reader.Skip(); break;
                }
            }

            audit.CountRead();
            DateOnly? from = Dates.Parse(start);
            if (value is not { } figure || !double.IsFinite(figure) || Dates.Parse(end) is not { } to || Dates.Parse(filed) is not { } filedOn || accession is null || (start is not null && from is null))
            {
                audit.Reject($"{concept} {accession}", "figure without value, period, filing or filing date");
                continue;
            }

            accessions.Add(accession);
            var fact = new CompanyFact(concept, currency, from, to, figure, accession, form ?? "", filedOn);
            if (!facts.TryGetValue((concept, currency, from, to), out CompanyFact? known) || IsNewer(fact, known)) facts[(concept, currency, from, to)] = fact;
        }
    }

    private static bool IsNewer(CompanyFact fact, CompanyFact known) =>
        fact.Filed != known.Filed ? fact.Filed > known.Filed : string.CompareOrdinal(fact.Accession, known.Accession) > 0;

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
