using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Documents;

namespace Risk.Rules.RulePacks;

/// <summary>Names a rule set by its content: comments, layout, file names and the order of files make no difference.</summary>
internal static class RuleSetHash
{
    public static string Of(IEnumerable<Document> files)
    {
        var contents = new List<string>();
        foreach (Document file in files)
        {
            if (file.Root is null || file.Root["schema"] is ScalarNode { Text: RuleSetLoader.TestsSchema }) continue;
            var text = new StringBuilder();
            Write(file.Root, text);
            contents.Add(text.ToString());
        }

        contents.Sort(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', contents))));
    }

    /// <summary>Every text with its length, so that no two trees are written alike.</summary>
    private static void Write(DocumentNode node, StringBuilder into)
    {
        switch (node)
        {
            case ScalarNode scalar:
                into.Append(scalar.IsQuoted ? '"' : ':').Append(scalar.Text.Length).Append(' ').Append(scalar.Text);
                break;
            case SequenceNode sequence:
                into.Append('[');
                foreach (DocumentNode item in sequence.Items) Write(item, into);
                into.Append(']');
                break;
            case MappingNode mapping:
                into.Append('{');
                foreach (MappingEntry entry in mapping.Entries)
                {
                    Write(entry.Key, into);
                    Write(entry.Value, into);
                }

                into.Append('}');
                break;
        }
    }
}
