using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.RulePacks;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli;

/// <summary>The labels that a command was given, and the supplier they name, if it is known.</summary>
/// <param name="Routed">With the portfolio's own columns, which routes may match on.</param>
internal sealed record RequestedLabels(ImmutableSortedDictionary<string, string> Labels, ImmutableSortedDictionary<string, string> Routed, SupplierContext? Context)
{
    /// <summary>Labels as an alert would have them: those written (<c>NAME=VALUE</c>), over those of the rule, over those of the supplier.</summary>
    /// <exception cref="CommandFailure">A text is no label, or no alert has it; supplier or rule are not known.</exception>
    public static async Task<RequestedLabels> ReadAsync(RiskApplication application, RuleBook book, IStoreSession session, IEnumerable<string> written, string? supplier, string? rule, CancellationToken cancellationToken)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        RoutingVocabulary vocabulary = RuleBookLoader.Vocabulary(await application.AttributeNamesAsync(cancellationToken), book.Rules);
        foreach (string text in written)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new CommandFailure(ExitCode.Usage, $"'{text}' is no label; write NAME=VALUE, for example severity=critical");
            string name = text[..equals].Trim(), value = text[(equals + 1)..].Trim().Trim('"');
            if (!vocabulary.Labels.Contains(name)) throw new CommandFailure(ExitCode.Usage, $"no alert has a label '{name}'{Suggestion.OrAll(name, vocabulary.Labels)}");
            if (vocabulary.Values.TryGetValue(name, out ImmutableArray<string> values) && !values.Contains(value))
                throw new CommandFailure(ExitCode.Usage, $"'{name}' never is '{value}'{Suggestion.OrAll(value, values)}");
            labels[name] = value;
        }

        Rule? known = rule is null ? null : book.Rules.Find(rule) ?? throw new CommandFailure(ExitCode.Usage, $"there is no rule '{rule}'{Suggestion.For(rule, book.Rules.Rules.Select(r => r.Id))}");
        if (known is not null)
        {
            Default("rule", known.Id);
            Default("category", known.Category);
            Default("severity", known.Severities.Max().ToString().ToLowerInvariant());
            Default("team", known.Owner);
        }

        StoredSupplier? stored = (supplier ?? labels.GetValueOrDefault("supplier")) is { } id ? await session.Suppliers.FindAsync(new SupplierId(id), null, cancellationToken) : null;
        if (supplier is not null && stored is null) throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{supplier}'; 'risk suppliers list' tells which there are");
        if (stored is not null)
        {
            Default("supplier", stored.Supplier.Id.Value);
            Default("tier", stored.Supplier.Tier.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Default("country", stored.Supplier.Country);
            Default("supplier_category", stored.Supplier.Category);
        }

        if (known is not null || stored is not null) Default("kind", AlertKind.Risk);
        ImmutableSortedDictionary<string, string> all = labels.ToImmutable();
        ImmutableSortedDictionary<string, string> routed = stored is null ? all : all.SetItems(stored.Supplier.Attributes.Where(a => !all.ContainsKey(a.Key)));
        SupplierContext? context = stored is null ? null : new SupplierContext(stored.Supplier, await session.Assessments.FindAsync(stored.Supplier.Id, null, cancellationToken));
        return new RequestedLabels(all, routed, context);

        void Default(string name, string value)
        {
            if (value.Length > 0) labels.TryAdd(name, value);
        }
    }
}
