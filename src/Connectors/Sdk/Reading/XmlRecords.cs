using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>Reads the records of a large XML file one after the other, holding one at a time. Not thread-safe.</summary>
/// <remarks>
/// Document types are refused, so there are no entities to expand and nothing outside the file is opened. Namespaces are dropped: names are the local ones.
/// Comments and processing instructions are passed over.
/// </remarks>
internal sealed class XmlRecords : IDisposable
{
    private const int MaximumDepth = 64;

    private readonly string name;
    private readonly int maximumNodes;
    private readonly XmlReader reader;

    /// <param name="stream">Disposed with the reader.</param>
    /// <param name="root">Local name that the document element must have; "" for any.</param>
    /// <param name="name">Names the file in failures.</param>
    /// <param name="maximumNodes">Elements, attributes and texts that one record may have.</param>
    /// <exception cref="SourceFailureException">Malformed: no XML, or another document.</exception>
    public XmlRecords(Stream stream, string root, string name, int maximumNodes = 100_000)
    {
        this.name = name;
        this.maximumNodes = maximumNodes;
        reader = XmlReader.Create(stream, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true, IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true,
        });
        try
        {
            Root = Guarded(() => reader.MoveToContent() == XmlNodeType.Element ? Shell() : throw Malformed("there is no document element"));
            if (root.Length > 0 && Root.Name.LocalName != root) throw Malformed($"the document is '{Root.Name.LocalName}', not '{root}'");
        }
        catch (SourceFailureException)
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The document element's name and attributes, without content.</summary>
    public XElement Root { get; }

    public static XmlRecords Open(string path, string root, string name) => new(File.OpenRead(path), root, name);

    /// <summary>The next element of one of these local names, wherever it stands, with all that is in it; null once the document has ended as it should.</summary>
    /// <exception cref="SourceFailureException">Malformed: names line and column.</exception>
    public XElement? Next(params ReadOnlySpan<string> names)
    {
        while (Advance())
        {
            if (reader.NodeType == XmlNodeType.Element && names.Contains(reader.LocalName)) return Guarded(Record);
            if (reader.Depth > MaximumDepth) throw Malformed("elements are nested too deeply");
        }

        return null;
    }

    public void Dispose() => reader.Dispose();

    private bool Advance() => Guarded(reader.Read);

    private XElement Record()
    {
        XElement record = Shell();
        int nodes = 1 + reader.AttributeCount;
        if (reader.IsEmptyElement) return record;
        XElement? open = record;
        while (open is not null && reader.Read())
        {
            if (++nodes > maximumNodes) throw Malformed("a record is too large");
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (reader.Depth > MaximumDepth) throw Malformed("elements are nested too deeply");
                    XElement child = Shell();
                    nodes += reader.AttributeCount;
                    open.Add(child);
                    if (!reader.IsEmptyElement) open = child;
                    break;
                case XmlNodeType.EndElement:
                    open = open.Parent;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    open.Add(new XText(reader.Value));
                    break;
            }
        }

        return record;
    }

    private XElement Shell()
    {
        var element = new XElement(reader.LocalName);
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns") element.SetAttributeValue(reader.LocalName, reader.Value);
        }

        reader.MoveToElement();
        return element;
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (XmlException e)
        {
            throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"{name}:{e.LineNumber}:{e.LinePosition}: {Cause(e)}."), e);
        }
    }

    // The parser's own text quotes the input and differs by language.
    private static string Cause(XmlException e) => e.Message.Contains("DTD", StringComparison.Ordinal) ? "a document type, which is refused" : "no well-formed XML; the file is damaged, cut short, or no XML";

    private SourceFailureException Malformed(string problem)
    {
        var at = (IXmlLineInfo)reader;
        return new(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"{name}:{at.LineNumber}:{at.LinePosition}: {problem}."));
    }
}
