using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Checking;

/// <summary>Finds the dotted paths that an expression reads: the variable, and one field of it when it is an object.</summary>
internal static class ReferenceCollector
{
    public static void Collect(SyntaxNode node, CheckedTree tree)
    {
        switch (tree.Resolutions.GetValueOrDefault(node))
        {
            case Resolution.Variable variable:
                tree.References.Add(variable.Name);
                return;
            case Resolution.Field when node is SelectSyntax select && tree.Resolutions.GetValueOrDefault(select.Operand) is Resolution.Variable owner:
                tree.References.Add($"{owner.Name}.{select.Field}");
                return;
            case Resolution.Now:
            case Resolution.Call call when call.Overloads.Any(f => !f.IsPure):
            case Resolution.Reference:
                tree.References.Add("now");
                break;
        }

        foreach (SyntaxNode child in node.Children) Collect(child, tree);
    }
}
