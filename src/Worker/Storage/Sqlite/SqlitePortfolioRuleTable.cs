using System.Text.Json;
using Microsoft.Data.Sqlite;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqlitePortfolioRuleTable(SqliteStatements sql) : IPortfolioRuleTable
{
    private const string MemberColumns = "supplier, rule, group_key, key_missing, tier, spend, currency, missing, reading_at";

    public async Task RecordAsync(
        IReadOnlyCollection<SupplierId> suppliers, IReadOnlyCollection<GroupMember> members, IReadOnlyCollection<RuleError> errors, CancellationToken cancellationToken)
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        string ids = SqliteStatements.Array(suppliers);
        List<GroupMember> knownMembers = await ReadAsync(
            $"SELECT {MemberColumns} FROM group_member WHERE supplier IN (SELECT value FROM json_each(@ids))", Member, cancellationToken, ("@ids", ids));
        Replace(
            "group_member", knownMembers, members, m => (m.Supplier, m.Rule), changed, $"INSERT INTO group_member ({MemberColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9,
            (insert, m) => insert.Run(m.Supplier.Value, m.Rule, m.Key, m.KeyMissing, m.Tier, m.Spend, m.Currency, m.Missing, StoredInstant.Of(m.ReadingAt)));
        List<RuleError> knownErrors = await ReadAsync(
            "SELECT supplier, rule, error FROM rule_error WHERE supplier IN (SELECT value FROM json_each(@ids))",
            r => new RuleError(new SupplierId(r.GetString(0)), r.GetString(1), r.GetString(2)), cancellationToken, ("@ids", ids));
        Replace(
            "rule_error", knownErrors, errors, e => (e.Supplier, e.Rule), changed, "INSERT INTO rule_error (supplier, rule, error) VALUES ($1, $2, $3)", 3,
            (insert, e) => insert.Run(e.Supplier.Value, e.Rule, e.Text));
        if (changed.Count > 0) await MarkAsync(changed, cancellationToken);
    }

    public async Task TouchAsync(IReadOnlyCollection<string> rules, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync("UPDATE portfolio_rule SET touched = 1", null, cancellationToken);
        await MarkAsync(rules, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> DueAsync(DateTimeOffset at, CancellationToken cancellationToken) => await sql.QueryAsync<string>(
        "SELECT rule FROM portfolio_rule WHERE touched = 1 OR next_due_at <= @at ORDER BY rule", new { at = StoredInstant.Of(at) }, cancellationToken);

    public async Task<PortfolioRuleState> StateAsync(string rule, CancellationToken cancellationToken) =>
        await sql.FirstAsync<byte[]>("SELECT state FROM portfolio_rule WHERE rule = @rule AND state IS NOT NULL", new { rule }, cancellationToken) is { } state
            ? JsonSerializer.Deserialize(state, StoreJson.Default.PortfolioRuleState)! : PortfolioRuleState.Initial;

    public async Task<IReadOnlyList<GroupMember>> MembersAsync(string rule, CancellationToken cancellationToken) =>
        await ReadAsync($"SELECT {MemberColumns} FROM group_member WHERE rule = @rule ORDER BY supplier", Member, cancellationToken, ("@rule", rule));

    public async Task<RuleErrors?> ErrorsAsync(string rule, CancellationToken cancellationToken) =>
        (await ReadAsync(
            "SELECT (SELECT count(*) FROM rule_error WHERE rule = @rule), supplier, error FROM rule_error WHERE rule = @rule ORDER BY supplier LIMIT 1",
            r => new RuleErrors(r.GetInt32(0), new SupplierId(r.GetString(1)), r.GetString(2)), cancellationToken, ("@rule", rule))).FirstOrDefault();

    public Task SaveAsync(string rule, PortfolioRuleState state, DateTimeOffset? nextDueAt, CancellationToken cancellationToken) => state.IsEmpty && nextDueAt is null
        ? sql.ExecuteAsync("DELETE FROM portfolio_rule WHERE rule = @rule", new { rule }, cancellationToken)
        : sql.ExecuteAsync(
            """
            INSERT INTO portfolio_rule (rule, touched, next_due_at, state) VALUES (@rule, 0, @nextDueAt, @content)
            ON CONFLICT (rule) DO UPDATE SET touched = 0, next_due_at = excluded.next_due_at, state = excluded.state
            """,
            new { rule, nextDueAt = StoredInstant.Of(nextDueAt), content = JsonSerializer.SerializeToUtf8Bytes(state, StoreJson.Default.PortfolioRuleState) }, cancellationToken);

    /// <summary>Writes only what differs: most evaluations move nobody from one group to another.</summary>
    private void Replace<T>(
        string table, List<T> known, IReadOnlyCollection<T> wanted, Func<T, (SupplierId Supplier, string Rule)> key, HashSet<string> changed, string insertText, int columns, Action<SqliteBatch, T> insert)
    {
        if (known.Count == 0 && wanted.Count == 0) return;
        HashSet<T> before = [.. known], after = [.. wanted];
        using SqliteBatch remove = sql.Prepare($"DELETE FROM {table} WHERE supplier = $1 AND rule = $2", 2), add = sql.Prepare(insertText, columns);
        foreach (T item in known.Where(item => !after.Contains(item)))
        {
            (SupplierId supplier, string rule) = key(item);
            remove.Run(supplier.Value, rule);
            changed.Add(rule);
        }

        foreach (T item in wanted.Where(item => !before.Contains(item)))
        {
            insert(add, item);
            changed.Add(key(item).Rule);
        }
    }

    private Task<int> MarkAsync(IEnumerable<string> rules, CancellationToken cancellationToken) => sql.ExecuteAsync(
        "INSERT INTO portfolio_rule (rule, touched) SELECT value, 1 FROM json_each(@rules) WHERE true ON CONFLICT (rule) DO UPDATE SET touched = 1",
        new { rules = SqliteStatements.Array(rules.Order(StringComparer.Ordinal)) }, cancellationToken);

    private async Task<List<T>> ReadAsync<T>(string text, Func<SqliteDataReader, T> map, CancellationToken cancellationToken, params (string, object?)[] parameters)
    {
        using SqliteCommand command = sql.Command(text, parameters);
        var found = new List<T>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add(map(reader));
        return found;
    }

    private static GroupMember Member(SqliteDataReader row) => new(
        row.GetString(1), new SupplierId(row.GetString(0)), row.GetString(2), row.GetString(3), row.GetInt32(4), row.IsDBNull(5) ? null : row.GetDouble(5), row.GetString(6), row.GetString(7),
        row.IsDBNull(8) ? null : StoredInstant.At(row.GetInt64(8)));
}
