using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Tests.Sdk.Reading;

public sealed class RecordFormatTests
{
    private static readonly RecordFormat Format = RecordFormat.Of("""
        id text
        score number|text
        note text optional
        owner object optional
        owner.name text
        owner.flags.* boolean
        tags array optional
        tags[] text
        items array optional
        items[].date text
        evidence object optional
        @unit text optional
        """);

    [Theory]
    [InlineData("""{"id": "1", "score": 1}""", "")]
    [InlineData("""{"score": "1", "id": "1", "note": null}""", "")]
    [InlineData("""{"id": 1, "score": true}""", "Retyped id 1, Retyped score 1")]
    [InlineData("""{"score": 1, "colour": "red"}""", "Unknown colour 1, Missing id 1")]
    [InlineData("""{"id": "1", "score": 1, "owner": {"nom": "x", "flags": {"a": true, "b": 1}}}""", "Unknown owner.nom 1, Missing owner.name 1, Retyped owner.flags.* 1")]
    [InlineData("""{"id": "1", "score": 1, "tags": ["a", 1, null, {}], "items": [{"date": "x"}, {"day": "x"}, {"day": 1}]}""", "Unknown items[].day 2, Missing items[].date 2, Retyped tags[] 2")]
    [InlineData("""{"id": "1", "score": 1, "evidence": {"what": "ever"}}""", "")]
    [InlineData("""{"id": "1", "score": 1, "\ud800": 1, "\u0069d": "again"}""", "Unknown (no valid Unicode) 1")]
    [InlineData("[]", "")]
    [InlineData("\"text\"", "")]
    public void Check_JsonThatDiffers_IsCountedByPath(string record, string expected)
    {
        Assert.Equal(expected, Told(a => Format.Check(JsonElement.Parse(record), a)));
        Assert.Equal(expected, Told(a => Format.Check(Encoding.UTF8.GetBytes(record), a)));
    }

    [Fact]
    public void Check_AnswerThatIsNoJson_IsLeftToItsReader() => Assert.Equal("", Told(a => Format.Check("<html>"u8.ToArray(), a)));

    [Theory]
    [InlineData("<r unit='x'><id/><score>1</score></r>", "")]
    [InlineData("<r size='1'><id/><score/><colour/><colour/><owner><nom/></owner></r>", "Unknown @size 1, Unknown colour 2, Unknown owner.nom 1, Missing owner.name 1")]
    public void Check_XmlThatDiffers_IsCountedByPath(string record, string expected) => Assert.Equal(expected, Told(a => Format.Check(XElement.Parse(record), a)));

    [Theory]
    [InlineData("ID,Score", "")]
    [InlineData("id,colour,,", "Unknown colour 12, Missing score 12")]
    public void Check_ColumnsThatDiffer_CountForEveryRow(string header, string expected) => Assert.Equal(expected, Told(a => Format.Check(header.Split(','), 12, a)));

    [Theory]
    [InlineData("id")]
    [InlineData("id string")]
    [InlineData("id text maybe")]
    [InlineData("id 3")]
    [InlineData("id text\nid number")]
    public void Of_WhatSaysNoField_IsRefused(string text) => Assert.Throws<ArgumentException>(() => RecordFormat.Of(text));

    /// <summary>Whatever the order, a record of the format's own fields is no news, and each further field is told once a record.</summary>
    [Fact]
    public void Check_FieldsInAnyOrder_TellsWhatWasAdded() => Prop.ForAll(
        Gen.Shuffle(["a", "b", "c", "d", "e"]).Zip(Gen.Choose(0, 3)).ToArbitrary(),
        given =>
        {
            RecordFormat format = RecordFormat.Of("a number\nb number\nc number\nd number\ne number");
            var record = new JsonObject(given.Item1.Select(n => KeyValuePair.Create(n, (JsonNode?)1)));
            for (int i = 0; i < given.Item2; i++) record.Insert(i, $"new{i}", 1);
            string expected = string.Join(", ", Enumerable.Range(0, given.Item2).Select(i => $"Unknown new{i} 2"));
            return Told(a =>
            {
                format.Check(JsonElement.Parse(record.ToJsonString()), a);
                format.Check(JsonElement.Parse(record.ToJsonString()), a);
            }) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Drift_OfAHostileRecord_HasAnEnd()
    {
        var audit = new FetchAudit();
        for (int i = 0; i < 1000; i++) audit.Drift(FieldDrift.Unknown, new string('x', 1000) + i);
        for (int i = 0; i < 1000; i++) audit.Drift(FieldDrift.Unknown, $"f{i}");
        Assert.Equal(50, audit.Drifted.Count);
        Assert.All(audit.Drifted.Keys, k => Assert.True(k.Field.Length <= 100));
    }

    private static string Told(Action<FetchAudit> check)
    {
        var audit = new FetchAudit();
        check(audit);
        return string.Join(", ", audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
    }

    [Fact]
    public void OfColumns_TitlesWithSpacesAndPoints_AreCompared()
    {
        var audit = new FetchAudit();
        RecordFormat.OfColumns("""
            D.O.B
            Name 6
            Passport number optional
            Nationality(/ies)
            """).Check(["name 6", "D.O.B", "Nationality", ""], 12, audit);

        Assert.Equal([(FieldDrift.Unknown, "Nationality", 12), (FieldDrift.Missing, "Nationality(/ies)", 12)], audit.Drifted.Select(d => (d.Key.Kind, d.Key.Field, d.Value)));
    }
}
