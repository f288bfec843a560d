using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Linting;

/// <summary>Finds what loads and yet cannot be meant: rules that never fire, limits outside their metric's range, weights of nothing.</summary>
/// <remarks>
/// A finding is proven, or not made; all are about the set as it runs, overlay included. Codes: L001 never holds, L002 always holds, L003 applies to nobody, L004 never clears,
/// L005 clears while it holds, L006 severity_when without effect, L007 missing data made harmless without a word, L008 default for a metric, L009 override never reached,
/// L010 unused var, L011 unused list, L012 limit outside its metric's range (error), L020 weight of nothing, L021 rules without weight, L022 weights that leave nothing,
/// L023 bands never reached, L024 cap never reached (note), L025 floor without effect, L030 rule without tests.
/// </remarks>
public static class RuleSetLinter
{
    /// <summary>Code of a rule that no test looks after.</summary>
    public const string UntestedRule = "L030";

    /// <param name="files">What the set was loaded from, for the places.</param>
    public static void Lint(IReadOnlyList<Document> files, RuleSet rules, DiagnosticBag diagnostics)
    {
        var found = new DiagnosticBag();
        MappingReader? scoring = null;
        foreach (Document file in files)
        {
            if (file.Root is null) continue;
            // A reader of its own: what it reports of the file itself was reported by the loader.
            var reader = new MappingReader(file, file.Root, new DiagnosticBag(), 'L');
            if (reader.Text("schema") == RuleSetLoader.ScoringSchema) scoring = reader;
            if (reader.Text("schema") != RuleSetLoader.RulesSchema || rules.Scopes.FirstOrDefault(s => s.Pack == reader.Text("pack")) is not { } scope) continue;
            new PackLints(file, reader, scope, rules, found).Lint();
        }

        if (scoring is not null) new ScoringLints(scoring, rules, found).Lint();
        diagnostics.AddRange(found.Sorted());
    }

    /// <summary>Where each rule stands: its id.</summary>
    public static IReadOnlyDictionary<string, (Document File, ScalarNode Id)> Places(IEnumerable<Document> files)
    {
        var places = new Dictionary<string, (Document, ScalarNode)>(StringComparer.Ordinal);
        foreach (Document file in files)
        {
            if (file.Root is null) continue;
            var reader = new MappingReader(file, file.Root, new DiagnosticBag(), 'L');
            if (reader.Text("schema") != RuleSetLoader.RulesSchema) continue;
            foreach (MappingReader rule in reader.Children("rules"))
            {
                if (rule.Scalar("id") is { } id) places.TryAdd(id.Text, (file, id));
            }
        }

        return places;
    }
}
