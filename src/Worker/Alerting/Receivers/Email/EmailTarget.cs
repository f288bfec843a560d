using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>How mail leaves: Alertmanager's <c>smtp_*</c> settings.</summary>
/// <param name="Host">"" when none is set: mails wait.</param>
/// <param name="RequireTls">STARTTLS or no mail. When false it is still used where offered. Default true.</param>
/// <param name="UserName">"" for no authentication.</param>
/// <param name="PasswordReference"><c>file:PATH</c> or <c>env:NAME</c>, or "".</param>
/// <param name="Hello">Name given in EHLO. Default localhost.</param>
internal sealed record SmtpSettings(string Host, int Port, MailAddress From, bool RequireTls, string UserName, string PasswordReference, string Hello);

/// <summary>An entry of <c>email_configs</c>.</summary>
/// <param name="To">Fixed recipients; empty when <paramref name="ToOwner"/>.</param>
/// <param name="ToOwner"><c>{supplier.owner}</c>: each supplier's owner, else its backup owner, else <paramref name="Fallback"/>.</param>
/// <param name="Fallback">Who gets what has no owner with an address; null only without <paramref name="ToOwner"/>.</param>
internal sealed record EmailTarget(int Index, bool SendResolved, IReadOnlyList<MailAddress> To, bool ToOwner, MailAddress? Fallback, SmtpSettings Smtp)
    : ReceiverTarget("email", Index, SendResolved);
