using System.Globalization;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli;

/// <summary>Why a rule over groups fires for a group, or does not: as <c>risk explain --rule</c> tells it.</summary>
internal static class GroupExplanation
{
    private const int MostShown = 15;

    /// <param name="subject">The group's key, or the id of a supplier that is in it.</param>
    public static async Task<int> PrintAsync(CommandContext context, RiskApplication application, RuleSet rules, Rule rule, string subject, CancellationToken cancellationToken)
    {
        DateTimeOffset at = Instants.Now(application.Clock);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        IReadOnlyList<GroupMember> members = await session.PortfolioRules.MembersAsync(rule.Id, cancellationToken);
        PortfolioRuleState state = await session.PortfolioRules.StateAsync(rule.Id, cancellationToken);
        GroupMember? member = members.FirstOrDefault(m => m.Supplier == new SupplierId(subject));
        string key = member?.Key ?? subject;
        RuleExplanation explanation = rules.ExplainGroup(rule, key, members, state.Groups, at) ?? throw new CommandFailure(ExitCode.Usage, Nobody(rule, subject, member, members));
        if (context.Output.Json) context.Output.WriteJson(json => RuleExplanationJson.Write(json, "group", key, at, explanation));
        else Print(context.Output, explanation, key, at);
        return ExitCode.Done;
    }

    private static void Print(CommandOutput output, RuleExplanation explanation, string key, DateTimeOffset at)
    {
        TextLayout.Paragraph(output, $"{explanation.Rule.Id}  ", explanation.Rule.Title);
        output.Line($"for the group {key} at {CommandOutput.Instant(at)}");
        output.Line();
        new RuleExplanationText(output, explanation).Print();
        output.Line();
        output.Table(
            ["in the group", ">tier", ">spend", "currency", "not known"],
            [
                .. explanation.Members.Take(MostShown).Select(m => (IReadOnlyList<string>)
                    [m.Supplier.Value, m.Tier.ToString(CultureInfo.InvariantCulture), m.Spend?.ToString("#,0.##", CultureInfo.InvariantCulture) ?? "?", m.Currency, m.Missing]),
            ]);
        if (explanation.Members.Length > MostShown) output.Line($"and {CommandOutput.Count(explanation.Members.Length - MostShown, "supplier")} more");
    }

    private static string Nobody(Rule rule, string subject, GroupMember? member, IReadOnlyList<GroupMember> members)
    {
        if (member is not null) return $"{subject} is in no group of {rule.Id}{(member.KeyMissing.Length > 0 ? ": " + member.KeyMissing : ": what it is grouped by is empty")}";
        string[] keys = [.. members.Select(m => m.Key).Where(k => k.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        return keys.Length == 0
            ? $"{rule.Id} has no groups yet; run 'risk run --once'"
            : $"{rule.Id} has no group '{subject}'{Rules.Diagnostics.Suggestion.For(subject, keys)}; there are {string.Join(", ", keys.Take(20))}{(keys.Length > 20 ? " and more" : "")}";
    }
}
