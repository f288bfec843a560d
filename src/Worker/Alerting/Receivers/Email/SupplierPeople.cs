using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <param name="Words">Why they: "the owner", "the backup owner, while a.b@c is away until 2026-03-14".</param>
internal sealed record SupplierRole(string Address, string Words);

/// <summary>The people whom columns of the portfolio name for one supplier. Pure.</summary>
/// <param name="WhyNobody">In words, when there are no roles; else "".</param>
internal sealed record SupplierPeople(Supplier Supplier, ImmutableArray<SupplierRole> Roles, string WhyNobody)
{
    /// <summary>The owner's own column that says until when they are away, both days included; <c>owner_away_from</c> may go with it.</summary>
    internal const string AwayFrom = "owner_away_from", AwayUntil = "owner_away_until";

    /// <param name="fields">Columns: <c>owner</c>, <c>backup_owner</c>, or the portfolio's own.</param>
    public static SupplierPeople Of(Supplier supplier, IEnumerable<string> fields, DateTimeOffset at)
    {
        SupplierRole[] roles = [.. fields.Select(field => RoleOf(supplier, field, at)).OfType<SupplierRole>()];
        if (roles.Length > 0) return new SupplierPeople(supplier, [.. roles.GroupBy(r => r.Address, StringComparer.OrdinalIgnoreCase).Select(g => new SupplierRole(g.Key, string.Join(" and ", g.Select(r => r.Words).Distinct())))], "");
        string name = PlainText.Line(supplier.Name, 80);
        string[] wrong = [.. fields.Select(f => Value(supplier, f)).Append(fields.Contains("owner") ? supplier.BackupOwner : "").Where(v => v.Length > 0).Distinct().Select(v => $"'{PlainText.Line(v, 60)}'")];
        return new SupplierPeople(supplier, [], wrong.Length == 0 ? $"the portfolio names no {string.Join(" or ", fields.Select(f => f.Replace('_', ' ')))} for {name}" : $"of {name} the portfolio says {string.Join(" and ", wrong)}, which is no mail address");
    }

    /// <summary>Text that a column has for a supplier.</summary>
    public static string Value(Supplier supplier, string field) => field switch
    {
        "owner" => supplier.Owner,
        "backup_owner" => supplier.BackupOwner,
        _ => supplier.Attributes.GetValueOrDefault(field, ""),
    };

    private static SupplierRole? RoleOf(Supplier supplier, string field, DateTimeOffset at)
    {
        string? address = Mailbox.Parse(Value(supplier, field))?.Address, backup = Mailbox.Parse(supplier.BackupOwner)?.Address;
        if (field != "owner") return address is null ? null : new SupplierRole(address, "the " + field.Replace('_', ' '));
        if (address is null) return backup is null ? null : new SupplierRole(backup, supplier.Owner.Length == 0 ? "the backup owner (there is no owner)" : $"the backup owner ('{PlainText.Line(supplier.Owner, 60)}' is no mail address)");
        return AwayTo(supplier, at) is { } until && backup is not null && !backup.Equals(address, StringComparison.OrdinalIgnoreCase)
            ? new SupplierRole(backup, string.Create(CultureInfo.InvariantCulture, $"the backup owner ({address} is away until {until:yyyy-MM-dd})"))
            : new SupplierRole(address, "the owner");
    }

    private static DateOnly? AwayTo(Supplier supplier, DateTimeOffset at)
    {
        DateOnly today = DateOnly.FromDateTime(at.UtcDateTime);
        return Date(AwayUntil) is { } until && today <= until && !(Date(AwayFrom) > today) ? until : null;

        DateOnly? Date(string column) =>
            DateOnly.TryParseExact(supplier.Attributes.GetValueOrDefault(column, ""), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null;
    }
}
