using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Tests.Sdk.Reading;

public sealed class CsvRecordsTests
{
    private static readonly CsvFormat NoHeader = new() { HasHeader = false };

    [Theory]
    [InlineData("a,b\r\nc,d\r\n", "a|b / c|d")]
    [InlineData("a,b\nc,d", "a|b / c|d")]
    [InlineData("a,b\rc,d\r", "a|b / c|d")]
    [InlineData("\"x, y\",\"he said \"\"no\"\"\"\n", "x, y|he said \"no\"")]
    [InlineData("\"two\r\nlines\",b\n", "two\r\nlines|b")]
    [InlineData("a,,c\n,,\n", "a||c / ||")]
    [InlineData("\n\na\n\n\nb\n\n", "a / b")]
    [InlineData("\"\"\n", "")]
    [InlineData("5\" pipe,b\n", "5\" pipe|b")]
    [InlineData("\uFEFFa,b\n", "a|b")]
    [InlineData("", "")]
    public void Read_Rfc4180_GivesFields(string text, string expected) => Assert.Equal(expected, string.Join(" / ", Rows(text, NoHeader).Select(r => string.Join('|', r))));

    [Fact]
    public void Read_Header_GivesFieldsByNameInAnyCase()
    {
        using CsvRecords csv = Csv("Id, Name ,x\n7,Acme\n", new CsvFormat());
        Assert.True(csv.Read());
        Assert.Equal(["Id", "Name", "x"], csv.Header.ToArray());
        Assert.Equal("Acme", csv.Text("name"));
        Assert.Equal("", csv.Text("x"));
        Assert.Equal("", csv.Text("none"));
        Assert.Equal(-1, csv.IndexOf("none"));
    }

    [Fact]
    public void Read_HeaderTwice_IsMalformedAtTheSecond()
    {
        var failure = Assert.Throws<SourceFailureException>(() => Csv("id,name,ID\n", new CsvFormat()));
        Assert.Equal("list.csv:1:9: the column 'ID' is there twice.", failure.Message);
    }

    [Fact]
    public void Read_LineBreaksInFields_KeepsLineAndColumnRight()
    {
        using CsvRecords csv = Csv("h1,h2\n\"a\nb\",c\n\nd,e\n", new CsvFormat());
        Assert.True(csv.Read());
        Assert.Equal((2, 1L, 1, 4), (csv.Line, csv.Row, csv.ColumnOf(0), csv.ColumnOf(1)));
        Assert.True(csv.Read());
        Assert.Equal((5, 2L, 1, 3), (csv.Line, csv.Row, csv.ColumnOf(0), csv.ColumnOf(1)));
    }

    [Theory]
    [InlineData("a,\"b\nc,d\n", "list.csv:1:3: a quoted field is never closed.")]
    [InlineData("a\n\"b\"c,d\n", "list.csv:2:4: text after a closing quote; double the quotes inside a quoted field.")]
    public void Read_BrokenQuotes_IsMalformedWithPosition(string text, string message)
    {
        var failure = Assert.Throws<SourceFailureException>(() => Rows(text, NoHeader));
        Assert.Equal(FailureKind.Malformed, failure.Kind);
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void Read_FieldOrRowOverItsBound_IsMalformed()
    {
        CsvFormat tight = NoHeader with { MaximumField = 5, MaximumRow = 8 };
        Assert.Equal([["12345", "123"]], Rows("12345,123\n", tight));
        Assert.Contains("longer than 5", Assert.Throws<SourceFailureException>(() => Rows("123456\n", tight)).Message, StringComparison.Ordinal);
        Assert.Contains("longer than 8", Assert.Throws<SourceFailureException>(() => Rows("1234,1234,1\n", tight)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CtrlZTrailer_IsPassedOverOnRequestOnly()
    {
        Assert.Equal([["a", "b"]], Rows("a,b\r\n\u001A", NoHeader with { IgnoreCtrlZ = true }));
        Assert.Equal([["a", "b"], ["\u001A"]], Rows("a,b\r\n\u001A", NoHeader));
    }

    [Fact]
    public void Read_Windows1252_IsToldFromUtf8()
    {
        // "Müller €" in both; the Windows bytes are no valid UTF-8.
        Assert.Equal([["Müller €"]], Rows([.. "M"u8, 0xFC, .. "ller "u8, 0x80], NoHeader));
        Assert.Equal([["Müller €"]], Rows(Encoding.UTF8.GetBytes("Müller €"), NoHeader));
    }

    [Fact]
    public void Read_Damage_IsNotTakenForText()
    {
        byte[] damaged = [.. "a,b"u8, 0xFF, .. "\n"u8];
        Assert.Contains("not UTF-8", Assert.Throws<SourceFailureException>(() => Rows(damaged, NoHeader with { RequireUtf8 = true })).Message, StringComparison.Ordinal);
        Assert.Equal("list.csv:1:4: a NUL character; the file is damaged, or no text.", Assert.Throws<SourceFailureException>(() => Rows("a,b\0\n", NoHeader)).Message);
    }

    [Theory]
    [InlineData(65534)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Read_MultiByteLetterAcrossBlocks_StaysUtf8(int before)
    {
        string text = string.Concat(Enumerable.Repeat("ab\n", before / 3)) + new string('x', before % 3) + "€ü\n";
        Assert.EndsWith("€ü", Rows(text, NoHeader)[^1][0], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhatAWriterQuoted_ComesBack()
    {
        // The writer is the other route: RFC 4180 section 2, rules 5 to 7, every field quoted.
        Gen<string[][]> tables = Gen.Elements('a', ',', '"', '\n', '\r', ' ', 'ü').ArrayOf().Select(letters => new string(letters)).NonEmptyListOf().Select(l => l.ToArray()).ArrayOf();
        Prop.ForAll(tables.ToArbitrary(), table =>
        {
            string text = string.Concat(table.Select(row => string.Join(',', row.Select(f => "\"" + f.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"")) + "\r\n"));
            return Rows(text, NoHeader).Select(r => string.Join('\u0001', r)).SequenceEqual(table.Select(r => string.Join('\u0001', r)));
        }).QuickCheckThrowOnFailure();
    }

    private static List<string[]> Rows(string text, CsvFormat format) => Rows(Encoding.UTF8.GetBytes(text), format);

    private static List<string[]> Rows(byte[] bytes, CsvFormat format)
    {
        using var csv = new CsvRecords(new MemoryStream(bytes), format, "list.csv");
        var rows = new List<string[]>();
        while (csv.Read())
        {
            rows.Add([.. Enumerable.Range(0, csv.Count).Select(csv.Text)]);
            Assert.Equal(rows.Count.ToString(CultureInfo.InvariantCulture), csv.Row.ToString(CultureInfo.InvariantCulture));
        }

        return rows;
    }

    private static CsvRecords Csv(string text, CsvFormat format) => new(new MemoryStream(Encoding.UTF8.GetBytes(text)), format, "list.csv");
}
