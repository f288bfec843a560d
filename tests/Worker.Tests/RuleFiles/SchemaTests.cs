using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Rules.RuleTesting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.RuleFiles;
using Risk.Worker.Tests.Architecture;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>The JSON Schemas that editors use say what the readers read: every key of every mapping, no more and no fewer.</summary>
public sealed partial class SchemaTests
{
    private const string Stranger = "zzzzzzzzzzzzzzzzzzzzzzzz";
    private const string Rule = "id: A-1, title: T, category: operational, severity: high, when: metrics.otd < 0.9, message: m";

    /// <summary>A schema, the place of a mapping in it, and a document with a stranger's key there: the reader's answer names all keys it knows.</summary>
    public static TheoryData<string, string, string> Mappings => new()
    {
        { "rules-1", "", "schema: rules/1\npack: p\nZ: 1\n" },
        { "rules-1", "properties/limits/additionalProperties", "schema: rules/1\npack: p\nlimits: {a: {default: 1, Z: 1}}\n" },
        { "rules-1", "$defs/override", "schema: rules/1\npack: p\nlimits: {a: {default: 1, overrides: [{when: true, value: 2, Z: 1}]}}\n" },
        { "rules-1", "$defs/rule", $"schema: rules/1\npack: p\nrules: [{{{Rule}, Z: 1}}]\n" },
        { "rules-1", "$defs/rule/properties/each", $"schema: rules/1\npack: p\nrules: [{{{Rule}, each: {{in: supplier.tags, as: t, key: t, Z: 1}}}}]\n" },
        { "rules-1", "$defs/rule/properties/scope", $"schema: rules/1\npack: p\nrules: [{{{Rule}, scope: {{group_by: supplier.country, Z: 1}}}}]\n" },
        { "rules-1", "$defs/rule/properties/severity_when/items", $"schema: rules/1\npack: p\nrules: [{{{Rule}, severity_when: [{{when: true, severity: info, Z: 1}}]}}]\n" },
        { "rules-1", "$defs/rule/properties/on_unknown/oneOf/1", $"schema: rules/1\npack: p\nrules: [{{{Rule}, on_unknown: {{ignore: true, because: b, Z: 1}}}}]\n" },
        { "rules-1", "$defs/rule/properties/exceptions/items", $"schema: rules/1\npack: p\nrules: [{{{Rule}, exceptions: [{{id: E, Z: 1}}]}}]\n" },
        { "overlay-1", "", "schema: overlay/1\npack: p\nZ: 1\n" },
        { "overlay-1", "properties/limits/additionalProperties", "schema: overlay/1\npack: own\nlimits: {a: {default: 1, Z: 1}}\n" },
        { "overlay-1", "properties/rules/additionalProperties", "schema: overlay/1\npack: own\nrules: {A-1: {enabled: true, Z: 1}}\n" },
        { "overlay-1", "properties/lists/additionalProperties", "schema: overlay/1\npack: own\nlists: {l: {add: [b], Z: 1}}\n" },
        { "scoring-1", "", "schema: scoring/1\ncategories: {}\nZ: 1\n" },
        { "scoring-1", "properties/categories/additionalProperties", "schema: scoring/1\ncategories: {operational: {weight: 1, Z: 1}}\n" },
        { "scoring-1", "properties/memory", "schema: scoring/1\ncategories: {}\nmemory: {Z: 1}\n" },
        { "scoring-1", "properties/unknown", "schema: scoring/1\ncategories: {}\nunknown: {Z: 1}\n" },
        { "scoring-1", "properties/flapping", "schema: scoring/1\ncategories: {}\nflapping: {Z: 1}\n" },
        { "scoring-1", "properties/bands", "schema: scoring/1\ncategories: {}\nbands: {Z: 1}\n" },
        { "scoring-1", "properties/bands/properties/edges/items", "schema: scoring/1\ncategories: {}\nbands: {edges: [{low: 0, Z: 1}]}\n" },
        { "scoring-1", "properties/overrides/items", "schema: scoring/1\ncategories: {}\noverrides: [{Z: 1}]\n" },
        { "scoring-1", "properties/weights_when/items", "schema: scoring/1\ncategories: {}\nweights_when: [{Z: 1}]\n" },
        { "catalog-1", "", "schema: catalog/1\nZ: 1\n" },
        { "catalog-1", "$defs/metric", "schema: catalog/1\nmetrics: {own: {type: int, Z: 1}}\n" },
        { "catalog-1", "$defs/fact", "schema: catalog/1\nfacts: {own: {type: int, Z: 1}}\n" },
        { "catalog-1", "$defs/feed", "schema: catalog/1\nfeeds: {own: {max_age: 1d, source: x, Z: 1}}\n" },
        { "source-1", "", "schema: source/1\nid: own-x\nZ: 1\n" },
        { "source-1", "properties/limit", "schema: source/1\nid: own-x\nlimit: {requests: 1, per: 1s, Z: 1}\n" },
        { "source-1", "properties/auth", "schema: source/1\nid: own-x\nauth: {Z: 1}\n" },
        { "source-1", "properties/csv", "schema: source/1\nid: own-x\ncsv: {Z: 1}\n" },
        { "source-1", "properties/fields/additionalProperties/oneOf/1", "schema: source/1\nid: own-x\nfields: {a: {type: int, Z: 1}}\n" },
        { "source-1", "properties/paging", "schema: source/1\nid: own-x\npaging: {by: link, Z: 1}\n" },
        { "source-1", "properties/delta", "schema: source/1\nid: own-x\ndelta: {field: a, start: 2026-01-01, Z: 1}\n" },
        { "source-1", "properties/expect", "schema: source/1\nid: own-x\nexpect: {Z: 1}\n" },
        { "source-1", "properties/join", "schema: source/1\nid: own-x\nask: once\njoin: {Z: 1}\n" },
        { "source-1", "properties/gives/items/oneOf/0", "schema: source/1\nid: own-x\ngives: [{metric: m, Z: 1}]\n" },
        { "source-1", "properties/gives/items/oneOf/1", "schema: source/1\nid: own-x\ngives: [{fact: m, Z: 1}]\n" },
        { "source-1", "properties/gives/items/oneOf/2", "schema: source/1\nid: own-x\ngives: [{event: m, Z: 1}]\n" },
        { "tests-1", "", "schema: tests/1\nnow: 2026-01-01\nZ: 1\n" },
        { "tests-1", "properties/tests/items", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, Z: 1}]\n" },
        { "tests-1", "$defs/fixture", "schema: tests/1\nnow: 2026-01-01\nfixtures: {f: {Z: 1}}\ntests: [{name: n, given: {use: f}}]\n" },
        { "tests-1", "$defs/given", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, given: {Z: 1}}]\n" },
        { "tests-1", "$defs/step", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, steps: [{at: 0d, Z: 1}]}]\n" },
        { "tests-1", "$defs/expect", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, expect: {Z: 1}}]\n" },
        { "tests-1", "$defs/expect/properties/alerts/items", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, expect: {alerts: [{Z: 1}]}}]\n" },
        { "tests-1", "$defs/finding", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, given: {metrics: {otd: 0.1}}, expect: {firing: {A-1: {Z: 1}}}}]\n" },
        { "tests-1", "$defs/supplier", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, given: {supplier: {Z: 1}}}]\n" },
        { "tests-1", "$defs/contract/oneOf/1", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, given: {contract: {Z: 1}}}]\n" },
        { "tests-1", "$defs/events/additionalProperties/items", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, given: {events: {insolvency: [{id: e, at: 2025-01-01, Z: 1}]}}}]\n" },
        { "tests-1", "$defs/certs/additionalProperties/oneOf/1", "schema: tests/1\nnow: 2026-01-01\ntests: [{name: n, given: {certs: {iso: {expires: 2026-01-01, Z: 1}}}}]\n" },
        { "routing-1", "", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nZ: 1\n" },
        { "routing-1", "properties/global", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nglobal: {Z: 1}\n" },
        { "routing-1", "$defs/route", "schema: routing/1\nroute: {receiver: a, Z: 1}\nreceivers: [{name: a}]\n" },
        { "routing-1", "properties/receivers/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, Z: 1}]\n" },
        { "routing-1", "properties/receivers/items/properties/email_configs/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, email_configs: [{Z: 1}]}]\n" },
        { "routing-1", "properties/receivers/items/properties/webhook_configs/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{Z: 1}]}]\n" },
        { "routing-1", "properties/receivers/items/properties/file_configs/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, file_configs: [{Z: 1}]}]\n" },
        { "routing-1", "properties/receivers/items/properties/slack_configs/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, slack_configs: [{Z: 1}]}]\n" },
        { "routing-1", "properties/receivers/items/properties/msteamsv2_configs/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, msteamsv2_configs: [{Z: 1}]}]\n" },
        { "routing-1", "properties/receivers/items/properties/pagerduty_configs/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, pagerduty_configs: [{Z: 1}]}]\n" },
        { "routing-1", "$defs/http_config", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: https://x.example/, http_config: {Z: 1}}]}]\n" },
        { "routing-1", "$defs/http_config/properties/authorization", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: https://x.example/, http_config: {authorization: {Z: 1}}}]}]\n" },
        { "routing-1", "$defs/http_config/properties/basic_auth", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: https://x.example/, http_config: {basic_auth: {Z: 1}}}]}]\n" },
        { "routing-1", "$defs/http_config/properties/tls_config", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: https://x.example/, http_config: {tls_config: {Z: 1}}}]}]\n" },
        { "routing-1", "properties/assurance", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nassurance: {Z: 1}\n" },
        { "routing-1", "properties/assurance/properties/all_quiet", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nassurance: {all_quiet: {Z: 1}}\n" },
        { "routing-1", "properties/assurance/properties/canary", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nassurance: {canary: {Z: 1}}\n" },
        { "routing-1", "properties/assurance/properties/heartbeat", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nassurance: {heartbeat: {Z: 1}}\n" },
        { "routing-1", "properties/inhibit_rules/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\ninhibit_rules: [{Z: 1}]\n" },
        { "routing-1", "properties/time_intervals/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{Z: 1}]\n" },
        { "routing-1", "$defs/window", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{name: t, time_intervals: [{Z: 1}]}]\n" },
        { "routing-1", "properties/calendars/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\ncalendars: [{name: c, Z: 1}]\n" },
        { "routing-1", "properties/calendars/items/properties/times/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\ncalendars: [{name: c, times: [{Z: 1}]}]\n" },
        { "routing-1", "properties/people", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\npeople: {Z: 1}\n" },
        { "routing-1", "properties/people/properties/burst", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\npeople: {burst: {Z: 1}}\n" },
        { "routing-1", "properties/escalations/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nescalations: [{name: e, Z: 1}]\n" },
        { "routing-1", "properties/escalations/items/properties/steps/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\nescalations: [{name: e, steps: [{Z: 1}]}]\n" },
        { "routing-1", "$defs/window/properties/times/items", "schema: routing/1\nroute: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{name: t, time_intervals: [{times: [{Z: 1}]}]}]\n" },
    };

    [Theory]
    [MemberData(nameof(Mappings))]
    public void Mapping_InTheSchema_HasTheKeysThatItsReaderKnows(string schema, string pointer, string document)
    {
        var diagnostics = new DiagnosticBag();
        Read(YamlReader.Read(document.Replace("Z: 1", Stranger + ": 1", StringComparison.Ordinal), "f.yaml", diagnostics), diagnostics);
        Diagnostic answer = Assert.Single(diagnostics.Sorted(), d => d.Message.Contains(Stranger, StringComparison.Ordinal));
        IEnumerable<string> known = Known().Match(answer.Message).Groups[1].Value.Split(", ");
        Assert.Equal(known.Order(StringComparer.Ordinal), Keys(schema, pointer).Where(k => k != "$schema").Order(StringComparer.Ordinal));
    }

    /// <summary>A mapping with a closed set of keys that no row above looks at could drift unseen.</summary>
    [Fact]
    public void Mappings_ClosedInASchema_AreAllInTheTable()
    {
        // Read by a later version, or no file of a workspace.
        string[] elsewhere = ["silences-1", "webhook-1"];
        HashSet<string> table = [.. Mappings.Select(row => $"{row[0]} {row[1]}".TrimEnd())];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "schemas"), "*.schema.json"))
        {
            string name = Path.GetFileName(file).Replace(".schema.json", "", StringComparison.Ordinal);
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(file));
            foreach (string place in Closed(json.RootElement, "").Select(p => $"{name} {p}".TrimEnd()).Where(p => !elsewhere.Any(e => p.StartsWith(e, StringComparison.Ordinal)))) Assert.Contains(place, table);
        }
    }

    [Fact]
    public void Init_BringsTheSchemas_WhereTheFilesOfTheWorkspaceLookForThem()
    {
        string[] bundled = [.. Bundle.Workspace.Select(f => f.Path)];
        foreach (BundledFile file in Bundle.Workspace.Where(f => f.Path.EndsWith(".yaml", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(file.Open());
            Match line = EditorLine().Match(reader.ReadLine() ?? "");
            Assert.True(line.Success, $"{file.Path} has no $schema line for editors");
            string folder = Path.GetDirectoryName(file.Path)!.Replace('\\', '/');
            Assert.Contains(Path.GetRelativePath(".", Path.Combine(folder, line.Groups[1].Value)).Replace('\\', '/'), bundled);
        }
    }

    private static void Read(Document document, DiagnosticBag diagnostics)
    {
        Document pack = YamlReader.Read("schema: rules/1\npack: own\nlists: {l: [a]}\nlimits: {a: {default: 1}}\nrules: [{" + Rule + ", each: {in: lists.l, as: i, key: i}, for: 0d}]\n", "own.yaml", diagnostics);
        Document scoring = YamlReader.Read(RuleSetLoaderTests.Scoring, "scoring.yaml", diagnostics);
        string schema = ((ScalarNode)document.Root!["schema"]!).Text;
        if (schema == "routing/1") diagnostics.AddRange(new RoutingReader(ReceiverChannels.Discover(), RoutingVocabulary.Basic).Read(document).Diagnostics);
        else if (schema == "catalog/1") CatalogReader.Read(document, Sources().Names, diagnostics);
        else if (schema == "source/1") SourceCatalog.Discover().With([document], static _ => true, diagnostics);
        else if (schema == "tests/1") RuleTestRunner.Run(RuleSetLoader.Load([pack, scoring], Sources().CatalogFor([], WorkspaceCatalog.Empty), diagnostics)!, [document], diagnostics);
        else RuleSetLoader.Load(schema == "scoring/1" ? [pack, document] : [pack, document, scoring], StandardCatalog.Create(), diagnostics);
    }

    private static SourceRegistry Sources()
    {
        var settings = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
        return SourceRegistry.Everything(RiskOptions.Read(settings, new DiagnosticBag())!, settings, new DiagnosticBag());
    }

    private static IEnumerable<string> Keys(string schema, string pointer)
    {
        using JsonDocument json = JsonDocument.Parse(SourceTree.Read($"schemas/{schema}.schema.json"));
        JsonElement at = json.RootElement;
        foreach (string step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries)) at = at.ValueKind == JsonValueKind.Array ? at[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : at.GetProperty(step);
        return [.. at.GetProperty("properties").EnumerateObject().Select(p => p.Name)];
    }

    private static IEnumerable<string> Closed(JsonElement node, string path)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            if (node.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object && node.TryGetProperty("additionalProperties", out JsonElement more) && more.ValueKind == JsonValueKind.False) yield return path;
            foreach (JsonProperty child in node.EnumerateObject())
                foreach (string found in Closed(child.Value, path.Length == 0 ? child.Name : $"{path}/{child.Name}")) yield return found;
        }

        if (node.ValueKind != JsonValueKind.Array) yield break;
        int index = 0;
        foreach (JsonElement item in node.EnumerateArray())
        {
            foreach (string found in Closed(item, $"{path}/{index}")) yield return found;
            index++;
        }
    }

    [GeneratedRegex("; known are (.*)$")]
    private static partial Regex Known();

    [GeneratedRegex(@"^# yaml-language-server: \$schema=(\S+)$")]
    private static partial Regex EditorLine();
}
