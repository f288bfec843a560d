using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>How mail leaves: Alertmanager's <c>smtp_*</c> settings.</summary>
/// <param name="Host">"" when none is set: mails wait.</param>
/// <param name="RequireTls">STARTTLS or no mail; false: never TLS. Default true.</param>
/// <param name="UserName">"" for no authentication.</param>
/// <param name="PasswordReference"><c>file:PATH</c> or <c>env:NAME</c>, or "".</param>
internal sealed record SmtpSettings(string Host, int Port, Mailbox From, bool RequireTls, string UserName, string PasswordReference);

/// <summary>An entry of <c>email_configs</c>.</summary>
/// <param name="To">Fixed recipients; they get everything.</param>
/// <param name="ToFields">Columns that stand among them as <c>{supplier.COLUMN}</c>: each supplier's own people.</param>
/// <param name="Fallback">Who gets what those columns name nobody for; null: the fallback receiver.</param>
internal sealed record EmailTarget(int Index, bool SendResolved, IReadOnlyList<Mailbox> To, IReadOnlyList<string> ToFields, Mailbox? Fallback, SmtpSettings Smtp)
    : ReceiverTarget("email", Index, SendResolved)
{
    public override IReadOnlyCollection<string> SupplierFields => ToFields;

    public override bool HasFallback => Fallback is not null;

    public override string? WhyNobody(Supplier supplier, DateTimeOffset at) => ToFields.Count > 0 && SupplierPeople.Of(supplier, ToFields, at) is { Roles.IsEmpty: true } people ? people.WhyNobody : null;

    public override string Endpoint => Smtp.Host.Length == 0 ? "mail" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"mail server {Smtp.Host}:{Smtp.Port}");
}
