using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>
/// A body that routing.yaml lays out for a system that wants its own (ServiceNow, Jira): the YAML tree becomes the JSON tree, texts are templates as in rule messages. What
/// alerts say only ever becomes the inside of a JSON text, so nothing in it can break out. Checked when the file is read. Immutable.
/// </summary>
internal sealed class JsonTemplate
{
    private const int LongestText = 4_000;

    private static readonly ImmutableArray<(string Name, CelType Type, Func<Notification, string, CelValue> Value)> Values =
    [
        ("status", CelType.Text, static (n, _) => CelValue.Text(n.Firing.IsEmpty ? "resolved" : "firing")),
        ("reason", CelType.Text, static (n, _) => CelValue.Text(WebhookBody.ReasonName(n.Reason))),
        ("summary", CelType.Text, static (n, _) => CelValue.Text(ChatViews.Of(n).Headline)),
        ("severity", CelType.Text, static (n, _) => CelValue.Text(n.Lead.Severity.ToString().ToLowerInvariant())),
        ("title", CelType.Text, static (n, _) => Line(n.Lead.Title)),
        ("message", CelType.Text, static (n, _) => Line(n.Lead.Message)),
        ("next", CelType.Text, static (n, _) => Line(n.Lead.Next)),
        ("rule", CelType.Text, static (n, _) => Line(n.Lead.Rule)),
        ("category", CelType.Text, static (n, _) => Line(n.Lead.Labels.GetValueOrDefault("category", ""))),
        ("episode", CelType.Text, static (n, _) => Line(n.Lead.EpisodeId)),
        ("thread", CelType.Text, static (n, _) => Line(n.ThreadId)),
        ("group", CelType.Text, static (n, _) => Line(n.GroupKey)),
        ("receiver", CelType.Text, static (n, _) => Line(n.Receiver)),
        ("delivery", CelType.Text, static (_, delivery) => CelValue.Text(delivery)),
        ("url", CelType.Text, static (n, _) => CelValue.Text(n.Lead.Evidence.Select(e => PlainText.Link(e.Url)).FirstOrDefault(u => u.Length > 0, ""))),
        ("supplier_id", CelType.Text, static (n, _) => Line(n.Lead.Supplier?.Value ?? "")),
        ("supplier_name", CelType.Text, static (n, _) => Line(n.ContextOf(n.Lead)?.Supplier.Name ?? "")),
        ("supplier_country", CelType.Text, static (n, _) => Line(n.ContextOf(n.Lead)?.Supplier.Country ?? "")),
        ("supplier_owner", CelType.Text, static (n, _) => Line(n.ContextOf(n.Lead)?.Supplier.Owner ?? "")),
        ("band", CelType.Text, static (n, _) => CelValue.Text(n.Lead.BandAfter is { } band ? WebhookBody.BandName(band) : "")),
        ("score", CelType.Double, static (n, _) => CelValue.OfDouble((double)(n.Lead.ScoreAfter ?? 0))),
        ("firing", CelType.Int, static (n, _) => CelValue.Of(n.Firing.Length)),
        ("resolved", CelType.Int, static (n, _) => CelValue.Of(n.Resolved.Length)),
    ];

    private static readonly CelEnvironment Environment = CelEnvironment.Create(CelMode.Rules, Values.Select(v => new CelVariable(v.Name, v.Type)), [], []);

    private readonly Part root;

    private JsonTemplate(Part root) => this.root = root;

    /// <summary>Names that templates may use, for the manual.</summary>
    public static IEnumerable<string> Names => Values.Select(v => v.Name);

    /// <summary>Null when there was an error; every error found is in the section's diagnostics.</summary>
    public static JsonTemplate? Read(ConfigSection section, string key)
    {
        DocumentNode node = section.At(key);
        if (node is MappingNode) return Read(section, node) is { } root ? new JsonTemplate(root) : null;
        section.Error("T001", $"'{key}' must hold fields (name: text)", node);
        return null;
    }

    public byte[] Render(Notification notification, string deliveryId)
    {
        var frame = new CelFrame(Environment) { Now = notification.At };
        for (int slot = 0; slot < Values.Length; slot++) frame[slot] = Values[slot].Value(notification, deliveryId);
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) root.Write(json, frame);
        return bytes.WrittenSpan.ToArray();
    }

    private static Part? Read(ConfigSection section, DocumentNode node)
    {
        switch (node)
        {
            case MappingNode mapping:
                (string Name, Part? Value)[] fields = [.. mapping.Entries.Select(e => (e.Key.Text, Read(section, e.Value)))];
                return fields.All(f => f.Value is not null) ? new Fields([.. fields.Select(f => (f.Name, f.Value!))]) : null;
            case SequenceNode sequence:
                Part?[] items = [.. sequence.Items.Select(i => Read(section, i))];
                return items.All(i => i is not null) ? new Items([.. items.Select(i => i!)]) : null;
            case ScalarNode { IsQuoted: false } plain when plain.IsNull || plain.Text is "true" or "false" || IsNumber(plain.Text):
                return new Literal(plain.IsNull ? "null" : plain.Text);
            case ScalarNode text:
                return CelTemplate.Compile(text.Text, Environment, section.Diagnostics, CelSource.Of(section.Document, text)) is { } template ? new Text(template) : null;
            default:
                return null;
        }
    }

    /// <summary>As JSON writes it: no leading zeros or plus, so that it can be copied.</summary>
    private static bool IsNumber(string text) => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number.ToString(CultureInfo.InvariantCulture) == text;

    private static CelValue Line(string text) => CelValue.Text(PlainText.Line(text, LongestText));

    private abstract record Part
    {
        public abstract void Write(Utf8JsonWriter json, CelFrame frame);
    }

    private sealed record Fields(ImmutableArray<(string Name, Part Value)> All) : Part
    {
        public override void Write(Utf8JsonWriter json, CelFrame frame)
        {
            json.WriteStartObject();
            foreach ((string name, Part value) in All)
            {
                json.WritePropertyName(name);
                value.Write(json, frame);
            }

            json.WriteEndObject();
        }
    }

    private sealed record Items(ImmutableArray<Part> All) : Part
    {
        public override void Write(Utf8JsonWriter json, CelFrame frame)
        {
            json.WriteStartArray();
            foreach (Part item in All) item.Write(json, frame);
            json.WriteEndArray();
        }
    }

    private sealed record Literal(string Json) : Part
    {
        public override void Write(Utf8JsonWriter json, CelFrame frame) => json.WriteRawValue(Json);
    }

    private sealed record Text(CelTemplate Template) : Part
    {
        public override void Write(Utf8JsonWriter json, CelFrame frame) => json.WriteStringValue(Template.Render(frame));
    }
}
