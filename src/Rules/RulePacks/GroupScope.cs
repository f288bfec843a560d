using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Rules.RulePacks;

/// <summary>Reads <c>scope: {group_by: …}</c> and holds such a rule to what a group can be asked.</summary>
internal static class GroupScope
{
    public const string Variable = "group";

    /// <summary>Keys that only make sense for one supplier, and why.</summary>
    private static readonly (string Key, string Why)[] NotForGroups =
    [
        ("each", "a group has no list of its own"), ("points", "points belong to a supplier's score"), ("max_points", "points belong to a supplier's score"), ("floor", "a floor belongs to a supplier's score"),
    ];

    /// <param name="environment">That of the pack; replaced by the one of the rule's other expressions, which know <c>group</c>.</param>
    /// <returns>Null when the rule is over single suppliers, or the scope is wrong.</returns>
    public static GroupClause? Read(MappingReader rule, ref CelEnvironment environment)
    {
        if (rule.Child("scope") is not { } scope) return null;
        CelExpression? by = scope.RequiredScalar("group_by") is { } text
            ? CelCompiler.Compile(text.Text, environment, CelType.Text, scope.Diagnostics, CelSource.Of(scope.Document, text)) : null;
        scope.RejectUnknownKeys("'scope'");
        foreach ((string key, string why) in NotForGroups)
        {
            if (rule.Has(key)) rule.Error("021", $"a rule over groups has no '{key}': {why}", rule.PlaceOf(key));
        }

        environment = environment.With(Variable, CelType.Object("Group"));
        return by is null ? null : new GroupClause(by, environment.Slot(Variable));
    }

    /// <summary>Reports what of the expressions belongs to one supplier: there is none.</summary>
    /// <param name="expressions">Key and what the expression under it reads.</param>
    public static void Check(MappingReader rule, PackScope pack, IEnumerable<(string Key, IEnumerable<string> References)> expressions)
    {
        foreach ((string key, IEnumerable<string> references) in expressions)
        {
            foreach (string path in references)
            {
                string root = path.Split('.')[0];
                if (root is not (Variable or "limit" or "lists" or "now" or "evidence"))
                {
                    rule.Error("022", $"'{path}' belongs to one supplier; a rule over groups sees group, limit, lists and now ('applies_to' chooses the suppliers that count)", rule.PlaceOf(key));
                    break;
                }

                if (root == "limit" && pack.Limits.FirstOrDefault(l => "limit." + l.Name == path) is { } limit && limit.Overrides.Any(o => o.When.References.Any(OfSupplier)))
                {
                    rule.Error("022", $"'{path}' differs from supplier to supplier, by its overrides; give rules over groups a limit of their own", rule.PlaceOf(key));
                    break;
                }
            }
        }
    }

    private static bool OfSupplier(string path) => path.Split('.')[0] is not ("limit" or "lists" or "now");
}
