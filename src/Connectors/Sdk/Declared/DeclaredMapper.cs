using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Catalogs;
using Risk.Rules.Language;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>Makes signals of rows. One for each run; not thread-safe.</summary>
internal sealed class DeclaredMapper
{
    private const int MaximumExcerpt = 1000;

    /// <summary>Severity of an event when only the name says whose it is, and not for sure.</summary>
    private const int MostWhenUnsure = 2;

    private readonly DeclaredSource source;
    private readonly FetchContext context;
    private readonly CelFrame frame;
    private readonly int rowSlot;
    private readonly int supplierSlot;
    private readonly HashSet<string>? knownNames;

    public DeclaredMapper(DeclaredSource source, FetchContext context)
    {
        this.source = source;
        this.context = context;
        frame = new CelFrame(source.Environment) { Now = context.ObservedAt };
        rowSlot = source.Environment.Slot("row");
        supplierSlot = source.Environment.Slot("supplier");
        knownNames = source.Ignored is not { } ignored ? null
            : new HashSet<string>(source.Fields.Select(f => source.Format == RowFormat.Csv ? f.Path : f.Root).Concat(ignored), source.Format == RowFormat.Csv ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    }

    /// <summary>Reads the row's fields, so that the expressions can be asked; counts what is not as declared.</summary>
    public CelValue[] Read(RawRow row)
    {
        context.Audit.CountRead();
        if (knownNames is not null)
        {
            foreach (string name in row.Names.Where(n => !knownNames.Contains(n))) context.Audit.Drift(FieldDrift.Unknown, name);
        }

        return [.. source.Fields.Select(field => field.Read(row, context.Audit))];
    }

    /// <summary>The value of an expression of the row; "" where it has none.</summary>
    public string Text(CelExpression? expression, CelValue[] values)
    {
        if (expression is null) return "";
        Turn(values, null);
        CelValue value = expression.Evaluate(frame);
        return value.Kind == CelValueKind.Text ? value.AsText : "";
    }

    /// <summary>The signals of one row for its supplier; what cannot be made is counted with its reason.</summary>
    /// <param name="key">Names the row in the report.</param>
    /// <param name="doubt">Why it may be another company's; "" when it is not in doubt.</param>
    /// <param name="address">Where it was asked for.</param>
    public void Map(RawRow row, CelValue[] values, string key, Supplier supplier, string doubt, string address, List<Signal> signals)
    {
        Turn(values, supplier);
        foreach (Gift gift in source.Gifts)
        {
            CelValue when = gift.When?.Evaluate(frame) ?? CelValue.True;
            if (when.IsFailure) context.Audit.Reject(key, Reason("when", when));
            else if (when.IsTrue) Make(gift, row, key, supplier, doubt, address, signals);
        }
    }

    private void Make(Gift gift, RawRow row, string key, Supplier supplier, string doubt, string address, List<Signal> signals)
    {
        DateTimeOffset at = context.ObservedAt;
        if (gift.At is { } instant)
        {
            CelValue value = instant.Evaluate(frame);
            if (value.IsFailure)
            {
                context.Audit.Reject(key, Reason("at", value));
                return;
            }

            at = value.AsTimestamp;
        }

        Evidence evidence = Evidence(gift, row, address);
        Signal? signal = gift switch
        {
            _ when doubt.Length > 0 && gift is not EventGift => Refused(key, "only the name says whose it is, and not for sure"),
            MetricGift metric => Metric(metric, at, supplier, evidence, key),
            FactGift fact => Fact(fact, at, supplier, evidence, key),
            EventGift happening => Event(happening, at, supplier, doubt, evidence, key),
            _ => null,
        };
        if (signal is not null) signals.Add(signal);
    }

    private MetricSignal? Metric(MetricGift gift, DateTimeOffset at, Supplier supplier, Evidence evidence, string key)
    {
        MetricDefinition metric = gift.Metric;
        CelValue value = gift.Value.Evaluate(frame);
        if (value.IsFailure) return (MetricSignal?)Refused(key, Reason(metric.Name, value));
        double number = value.AsDouble;
        if (!(number >= metric.Minimum && number <= metric.Maximum)) return (MetricSignal?)Refused(key, string.Create(CultureInfo.InvariantCulture, $"{metric.Name} is outside {metric.Minimum} to {metric.Maximum}"));
        if (metric.Type == MetricType.Int && number != Math.Floor(number)) return (MetricSignal?)Refused(key, $"{metric.Name} is no whole number");
        if (at > context.ObservedAt) return (MetricSignal?)Refused(key, $"{metric.Name} is dated in the future");
        return new MetricSignal { Supplier = supplier.Id, Source = source.Manifest.Id, Name = metric.Name, Value = number, OccurredAt = at, ObservedAt = context.ObservedAt, Evidence = evidence };
    }

    private FactSignal? Fact(FactGift gift, DateTimeOffset at, Supplier supplier, Evidence evidence, string key)
    {
        CelValue value = gift.Value.Evaluate(frame);
        if (value.IsFailure) return (FactSignal?)Refused(key, Reason(gift.Fact.Name, value));
        FactValue fact = gift.Fact.Type switch
        {
            FactType.Bool => FactValue.Of(value.AsBool),
            FactType.Int => FactValue.Of(value.AsInt),
            FactType.Timestamp => FactValue.Of(value.AsTimestamp),
            _ => FactValue.Of(value.AsText),
        };
        return new FactSignal { Supplier = supplier.Id, Source = source.Manifest.Id, Name = gift.Fact.Name, Value = fact, OccurredAt = at, ObservedAt = context.ObservedAt, Evidence = evidence };
    }

    private EventSignal? Event(EventGift gift, DateTimeOffset at, Supplier supplier, string doubt, Evidence evidence, string key)
    {
        CelValue id = gift.Id.Evaluate(frame), type = gift.Type.Evaluate(frame), title = gift.Title.Evaluate(frame), severity = gift.Severity.Evaluate(frame);
        foreach ((string name, CelValue value) in (ReadOnlySpan<(string, CelValue)>)[("id", id), ("type", type), ("title", title), ("severity", severity)])
        {
            if (value.IsFailure) return (EventSignal?)Refused(key, Reason(name, value));
        }

        if (id.AsText.Trim().Length == 0) return (EventSignal?)Refused(key, "id is empty");
        if (severity.AsInt is < 1 or > 5) return (EventSignal?)Refused(key, "severity is outside 1 to 5");
        return new EventSignal
        {
            Supplier = supplier.Id,
            Source = source.Manifest.Id,
            Name = gift.Feed.Name,
            Id = id.AsText.Trim(),
            Type = type.AsText,
            Title = doubt.Length > 0 ? $"{title.AsText} ({doubt})" : title.AsText,
            Severity = doubt.Length > 0 ? Math.Min(MostWhenUnsure, (int)severity.AsInt) : (int)severity.AsInt,
            Stage = Optional(gift.Stage),
            Story = Optional(gift.Story),
            Amount = gift.Amount?.Evaluate(frame) is { IsFailure: false } amount ? amount.AsDouble : null,
            Due = gift.Due?.Evaluate(frame) is { IsFailure: false } due ? due.AsTimestamp : null,
            OccurredAt = at,
            ObservedAt = context.ObservedAt,
            Evidence = evidence,
        };
    }

    private Evidence Evidence(Gift gift, RawRow row, string address)
    {
        string url = gift is EventGift { Url: { } link } && link.Evaluate(frame) is { Kind: CelValueKind.Text } said && Uri.TryCreate(said.AsText, UriKind.Absolute, out Uri? page) && page.Scheme is "https" or "http"
            ? page.AbsoluteUri : source.Manifest.Homepage.Length > 0 ? source.Manifest.Homepage : address;
        string raw = row.Raw;
        return new Evidence(url, raw.Length <= MaximumExcerpt ? raw : raw[..MaximumExcerpt], Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw))), context.ObservedAt);
    }

    private string Optional(CelExpression? expression) => expression?.Evaluate(frame) is { Kind: CelValueKind.Text } value ? value.AsText : "";

    private Signal? Refused(string key, string reason)
    {
        context.Audit.Reject(key, reason);
        return null;
    }

    /// <summary>Without the row's values, so that equal reasons add up.</summary>
    private static string Reason(string what, CelValue failure) =>
        failure.MissingInputs is { IsEmpty: false } missing ? $"{what} needs {string.Join(", ", missing)}" : $"{what} cannot be computed: {failure.ErrorText}";

    private void Turn(CelValue[] values, Supplier? supplier)
    {
        frame[rowSlot] = CelValue.Object(new RowObject(values));
        if (supplierSlot >= 0 && supplier is not null) frame[supplierSlot] = CelValue.Object(new AskedSupplier(supplier));
    }
}
