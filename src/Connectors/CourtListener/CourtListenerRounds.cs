using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CourtListener;

/// <summary>The day on which each supplier was asked for last; the source's checkpoint.</summary>
internal sealed class CourtListenerRounds
{
    private const string DayFormat = "yyyy-MM-dd";

    private readonly Dictionary<string, DateOnly> asked = new(StringComparer.Ordinal);

    /// <param name="text">As <see cref="Write"/> wrote it; anything else counts as nobody asked.</param>
    public CourtListenerRounds(string? text)
    {
        try
        {
            if (text is null || JsonSerializer.Deserialize(text, CourtListenerRoundsJson.Default.DictionaryStringStringArray) is not { } days) return;
            foreach ((string day, string[] suppliers) in days)
            {
                if (!DateOnly.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly at)) continue;
                foreach (string supplier in suppliers) asked[supplier] = at;
            }
        }
        catch (JsonException)
        {
            // Written by another release: a round begins anew.
        }
    }

    /// <summary>Those who were never asked for first, then those asked longest ago.</summary>
    public ImmutableArray<Supplier> InTurn(IEnumerable<Supplier> suppliers) => [.. suppliers.OrderBy(s => Asked(s.Id)).ThenBy(s => s.Id)];

    /// <summary>Null: never.</summary>
    public DateOnly? Asked(SupplierId supplier) => asked.TryGetValue(supplier.Value, out DateOnly day) ? day : null;

    public void Ask(IEnumerable<Supplier> suppliers, DateOnly day)
    {
        foreach (Supplier supplier in suppliers) asked[supplier.Id.Value] = day;
    }

    /// <param name="suppliers">Who is still in the portfolio; of others nothing is kept.</param>
    public string Write(IEnumerable<Supplier> suppliers) => JsonSerializer.Serialize(
        suppliers.Where(s => asked.ContainsKey(s.Id.Value)).GroupBy(s => asked[s.Id.Value]).OrderBy(g => g.Key)
            .ToDictionary(g => g.Key.ToString(DayFormat, CultureInfo.InvariantCulture), g => g.Select(s => s.Id.Value).ToArray()), CourtListenerRoundsJson.Default.DictionaryStringStringArray);
}

[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class CourtListenerRoundsJson : JsonSerializerContext;
