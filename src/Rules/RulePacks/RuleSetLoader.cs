using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Scoring;

namespace Risk.Rules.RulePacks;

/// <summary>Makes a rule set of the files that were read, or reports everything that is wrong with them. Nothing is loaded when anything is wrong.</summary>
/// <remarks>
/// Codes: R001 unknown key, R002 missing key, R003 wrong value, R005 defined twice, R006 dormant rule, R012 gate that no source feeds, R007 unused limit, R008 constant condition, R009 unreachable override, R010 wrong or
/// missing file of the set, R011 not supported, R013 outside a limit's range, R014 overlay of something unknown, R015 overlay of another version, R016 expired, R017 not a list,
/// R018 exception too long, R019 scoring that makes no sense, R020 unknown category, R021 key that a rule over groups cannot have, R022 one supplier's data in a rule over groups. Errors of expressions have the language's codes.
/// </remarks>
public static class RuleSetLoader
{
    public const string RulesSchema = "rules/1";
    public const string ScoringSchema = "scoring/1";
    public const string OverlaySchema = "overlay/1";
    public const string TestsSchema = "tests/1";

    /// <param name="files">Documents of schemas rules/1, overlay/1 and scoring/1 (one); tests/1 is left alone, and so is catalog/1, which <paramref name="catalog"/> rests on and the hash covers.</param>
    /// <param name="at">The present instant, for warnings about what has expired; null: none are given.</param>
    /// <returns>Null when there was an error.</returns>
    public static RuleSet? Load(IReadOnlyList<Document> files, Catalog catalog, DiagnosticBag diagnostics, DateTimeOffset? at = null)
    {
        var found = new DiagnosticBag();
        RuleSet? set = Load(files, catalog, at, found);
        diagnostics.AddRange(found.Sorted());
        return found.HasErrors ? null : set;
    }

    private static RuleSet? Load(IReadOnlyList<Document> files, Catalog catalog, DateTimeOffset? at, DiagnosticBag diagnostics)
    {
        var packs = new List<MappingReader>();
        var overlays = new Dictionary<string, PackOverlay>(StringComparer.Ordinal);
        MappingReader? scoring = null;
        foreach (Document file in files.OrderBy(f => f.File, StringComparer.Ordinal))
        {
            if (file.Root is null) continue;
            var reader = new MappingReader(file, file.Root, diagnostics, 'R');
            switch (reader.Text("schema"))
            {
                case RulesSchema:
                    packs.Add(reader);
                    break;
                case OverlaySchema:
                    var overlay = PackOverlay.Read(reader);
                    if (!overlays.TryAdd(overlay.Pack, overlay)) reader.Error("005", $"pack '{overlay.Pack}' has an overlay already, in {overlays[overlay.Pack].Reader.Document.File}", reader.PlaceOf("pack"));
                    break;
                case ScoringSchema when scoring is null:
                    scoring = reader;
                    break;
                case ScoringSchema:
                    reader.Error("005", $"there is a scoring file already: {scoring.Document.File}", reader.PlaceOf("schema"));
                    break;
                case TestsSchema or CatalogReader.Schema:
                    break;
                case null:
                    reader.Error("002", "'schema' is missing; the first line must be 'schema: rules/1' or another known schema", file.Root);
                    break;
                case var other:
                    string[] known = [RulesSchema, ScoringSchema, OverlaySchema, TestsSchema, CatalogReader.Schema];
                    reader.Error("010", $"no schema '{other}' for rule files{Suggestion.For(other, known)}", reader.PlaceOf("schema"));
                    break;
            }
        }

        if (packs.Count == 0) diagnostics.Add(Missing("there is no rule pack: a file with 'schema: rules/1'"));
        if (scoring is null) diagnostics.Add(Missing("there is no scoring file: a file with 'schema: scoring/1'"));

        var scopes = ImmutableArray.CreateBuilder<PackScope>();
        var rules = new List<(Rule Rule, MappingReader Reader)>();
        var packNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (MappingReader pack in packs) ReadPack(pack, catalog, overlays, at, scopes, rules, packNames);
        foreach ((string name, PackOverlay overlay) in overlays)
        {
            if (!packNames.Contains(name)) overlay.Reader.Error("014", $"no pack '{name}' is loaded{Suggestion.OrAll(name, packNames)}", overlay.Reader.PlaceOf("pack"));
        }

        if (scoring is null || scopes.Count == 0) return null;
        (ScoringPolicy policy, ImmutableArray<ConditionalWeights> weights) = new ScoringReader(scoring, scopes[0], at).Read();
        foreach ((Rule rule, MappingReader reader) in rules)
        {
            if (policy.IndexOf(rule.Category) < 0)
                reader.Error("020", $"no category '{rule.Category}' in the scoring file{Suggestion.For(rule.Category, policy.Categories.Select(c => c.Name))}", reader.PlaceOf("category"));
        }

        // An expression that compiled inside a broken file may rest on names that did not.
        return diagnostics.HasErrors ? null : new RuleSet(RuleSetHash.Of(files), catalog, [.. rules.Select(r => r.Rule)], scopes.ToImmutable(), policy, weights);
    }

    private static void ReadPack(
        MappingReader pack, Catalog catalog, Dictionary<string, PackOverlay> overlays, DateTimeOffset? at,
        ImmutableArray<PackScope>.Builder scopes, List<(Rule Rule, MappingReader Reader)> rules, HashSet<string> packNames)
    {
        _ = pack.Text("$schema");
        string name = pack.RequiredText("pack") ?? "";
        int version = pack.Int("version", 1) ?? 1;
        string owner = pack.Text("owner") ?? "";
        if (!packNames.Add(name) && name.Length > 0) pack.Error("005", $"there is a pack '{name}' already", pack.PlaceOf("pack"));
        PackOverlay? overlay = overlays.GetValueOrDefault(name);
        var names = new PackNames(pack, catalog, overlay, at);
        PackScope scope = names.Read(name, scopes.Count);
        scopes.Add(scope);
        var ruleReader = new RuleReader(scope, names, overlay, catalog, owner, at);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        ImmutableArray<MappingReader> items = pack.Children("rules");
        if (items.IsEmpty) pack.Error("002", "the pack has no rules; is the file complete?", pack.PlaceOf(pack.Has("rules") ? "rules" : "pack"));
        foreach (MappingReader item in items)
        {
            Rule? rule = ruleReader.Read(item);
            if (item.Text("id") is { } id)
            {
                ids.Add(id);
                if (rules.Exists(r => r.Rule.Id == id)) item.Error("005", $"there is a rule '{id}' already", item.PlaceOf("id"));
            }

            if (rule is not null) rules.Add((rule, item));
        }

        pack.RejectUnknownKeys("a rule pack");
        overlay?.Check(version, [.. names.LimitPlaces.Keys], ids, names.ListNames);
        foreach ((string limit, ScalarNode place) in names.LimitPlaces)
        {
            if (!pack.Diagnostics.HasErrors && !ruleReader.Used.Contains("limit." + limit)) pack.Warning("007", $"no rule uses limit '{limit}'", place);
        }
    }

    private static Diagnostic Missing(string message) => new(DiagnosticSeverity.Error, "R010", message, new SourcePosition("rules", 0, 0));
}
