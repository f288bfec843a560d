using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Suppliers;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Portfolio;

/// <summary>Reads the portfolio from YAML: a list of mappings under <c>suppliers:</c>, with the columns of the CSV file as keys and lists as lists.</summary>
internal static class PortfolioYaml
{
    public static List<Supplier> Read(byte[] content, string file, DiagnosticBag diagnostics)
    {
        var suppliers = new List<Supplier>();
        Document document = YamlReader.Read(content, file, diagnostics);
        if (document.Root is not { } root)
        {
            if (!diagnostics.HasErrors) diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "P002", "the file is empty; list the suppliers under 'suppliers:'", new SourcePosition(file, 1, 1)));
            return suppliers;
        }

        foreach (MappingEntry entry in root.Entries.Where(e => e.Key.Text != "suppliers"))
            diagnostics.Add(document.Error("P003", $"the key '{entry.Key.Text}' is not known here{Suggestion.For(entry.Key.Text, ["suppliers"])}; the file has one key, 'suppliers'", entry.Key, entry.Key.Text.Length));
        if (root["suppliers"] is not SequenceNode { Items.IsEmpty: false } list)
        {
            diagnostics.Add(document.Error("P002", "'suppliers' lists no supplier; to retire suppliers remove them from the list, not all of them", root["suppliers"] ?? root));
            return suppliers;
        }

        var reader = new SupplierRowReader(diagnostics);
        var checkedNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (DocumentNode item in list.Items)
        {
            if (item is not MappingNode mapping)
            {
                diagnostics.Add(document.Error("P003", "a supplier is a mapping of columns to values, as in '- id: A1'", item));
                continue;
            }

            if (reader.Read(new YamlRow(document, mapping, diagnostics, checkedNames)) is { } supplier) suppliers.Add(supplier);
        }

        return suppliers;
    }

    private sealed class YamlRow : PortfolioRow
    {
        private readonly Document document;
        private readonly MappingNode mapping;
        private readonly Dictionary<string, DocumentNode> values = new(StringComparer.Ordinal);

        public YamlRow(Document document, MappingNode mapping, DiagnosticBag diagnostics, HashSet<string> checkedNames)
        {
            this.document = document;
            this.mapping = mapping;
            foreach ((ScalarNode key, DocumentNode value) in mapping.Entries)
            {
                string name = PortfolioColumn.Normalise(key.Text);
                if (name.Length == 0 || !values.TryAdd(name, value))
                {
                    diagnostics.Add(document.Error("P005", $"the key '{key.Text}' is there twice, or has no letter or digit; remove or rename it", key, key.Text.Length));
                    continue;
                }

                if (checkedNames.Add(name)) PortfolioFile.CheckColumn(name, key.Text, key.Position, document.Line(key.Position.Line), diagnostics);
                if (value is not ScalarNode && !(value is SequenceNode list && list.Items.All(item => item is ScalarNode)))
                    diagnostics.Add(document.Error("P003", $"'{key.Text}' is neither a value nor a list of values; the columns of a supplier are flat", value));
            }
        }

        public override string Text(string column) => values.TryGetValue(column, out DocumentNode? value) ? TextOf(value) : "";

        public override ImmutableArray<string> List(string column) => values.GetValueOrDefault(column) switch
        {
            SequenceNode list => [.. list.Items.OfType<ScalarNode>().Where(item => !item.IsNull).Select(item => item.Text.Trim()).Where(text => text.Length > 0)],
            ScalarNode scalar => Split(TextOf(scalar)),
            _ => [],
        };

        public override ImmutableSortedDictionary<string, string> Attributes() =>
            values.Where(v => !PortfolioColumn.Known.Contains(v.Key) && v.Key != PortfolioColumn.Status)
                .Select(v => KeyValuePair.Create(v.Key, TextOf(v.Value)))
                .Where(v => v.Value.Length > 0)
                .ToImmutableSortedDictionary(StringComparer.Ordinal);

        public override SourcePosition At(string column) => (values.GetValueOrDefault(column) ?? mapping).Position;

        public override string? SourceLine(string column) => document.Line(At(column).Line);

        private static string TextOf(DocumentNode value) => value switch
        {
            ScalarNode { IsNull: false } scalar => scalar.Text.Trim(),
            SequenceNode list => string.Join(";", list.Items.OfType<ScalarNode>().Select(item => item.Text.Trim())),
            _ => "",
        };
    }
}
