using System.Collections.Immutable;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Worker.Screening;

/// <summary>A list's entries as the store keeps them: JSON, one spelling for one content, compressed.</summary>
internal static class ListEntryFile
{
    /// <summary>Bytes, and the lower-case hex sha256 of what they hold.</summary>
    public static (byte[] Compressed, string Sha256) Write(IEnumerable<ListEntry> entries)
    {
        byte[] plain = JsonSerializer.SerializeToUtf8Bytes([.. entries.Select(EntryRow.Of)], EntryJson.Default.EntryRowArray);
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(plain);
        return (packed.ToArray(), Convert.ToHexStringLower(SHA256.HashData(plain)));
    }

    public static ImmutableArray<ListEntry> Read(byte[] compressed)
    {
        using var brotli = new BrotliStream(new MemoryStream(compressed), CompressionMode.Decompress);
        return [.. JsonSerializer.Deserialize(brotli, EntryJson.Default.EntryRowArray)!.Select(row => row.ToEntry())];
    }

    /// <summary>Equal for entries of which the list says the same.</summary>
    public static string Fingerprint(ListEntry entry) => Hash(JsonSerializer.SerializeToUtf8Bytes(EntryRow.Of(entry), EntryJson.Default.EntryRow));

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8));

    /// <summary>Short names: a list has tens of thousands of rows.</summary>
    internal sealed record EntryRow(
        string Id, string L, string F, int W, string T, string R, string U, string P, bool I, string[] N, string G, string[] C, string[] D, DateTimeOffset? A, string M, string? S = null)
    {
        private const char Mark = '\t';

        public static EntryRow Of(ListEntry e) => new(
            e.Id, e.List, e.Kind.Feed.Name, e.Kind.Weight, e.Type, e.Reference, e.Url, e.PartyType, e.IsPerson, [.. e.Names.Select(n => $"{(int)n.Strength}{n.Text}")], e.Programme,
            [.. e.Countries.Order(StringComparer.Ordinal)], [.. e.Identifiers.Select(i => string.Join(Mark, i.Scheme, i.Value, i.Country)).Order(StringComparer.Ordinal)], e.ListedAt, e.Remarks,
            e.Story.Length == 0 ? null : e.Story);

        public ListEntry ToEntry() => new()
        {
            Id = Id, List = L, Kind = ListKind.Of(F, W), Type = T, Reference = R, Url = U, PartyType = P, IsPerson = I, Names = [.. N.Select(n => new ListedName(n[1..], (NameStrength)(n[0] - '0')))],
            Programme = G, Countries = C.ToImmutableSortedSet(StringComparer.Ordinal), Identifiers = [.. D.Select(Identifier)], ListedAt = A, Remarks = M, Story = S ?? "",
        };

        private static ListedIdentifier Identifier(string text) => text.Split(Mark) is [var scheme, var value, var country] ? new ListedIdentifier(scheme, value, country) : throw new JsonException("An identifier has three parts.");
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ListEntryFile.EntryRow[]))]
internal sealed partial class EntryJson : JsonSerializerContext;
