namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>A mailbox: <c>local@host</c>, with a display name where one is given. Hosts compare without case.</summary>
internal sealed record Mailbox(string Name, string Address)
{
    public string Host => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>
    /// Reads <c>a@b.example</c> or <c>Name &lt;a@b.example&gt;</c>. Only what cannot break a header or an SMTP command is taken: visible ASCII without spaces, quotes,
    /// brackets and lists, and what the mail library takes. Addresses with international local parts need SMTPUTF8 on the whole way and are not supported.
    /// </summary>
    public static Mailbox? Parse(string text)
    {
        string name = "", address = text.Trim();
        if (address.EndsWith('>') && address.IndexOf('<', StringComparison.Ordinal) is >= 0 and var open)
        {
            name = PlainText.Line(address[..open].Trim().Trim('"'));
            address = address[(open + 1)..^1].Trim();
        }

        int at = address.LastIndexOf('@');
        bool isGood = at > 0 && at <= 64 && at < address.Length - 1 && address.Length <= 254 && address.IndexOf('@', StringComparison.Ordinal) == at
            && address.All(c => c is > ' ' and < '\x7f' && !"\"<>()[],;:\\".Contains(c, StringComparison.Ordinal))
            && !address.Contains("..", StringComparison.Ordinal) && address[0] != '.' && address[at - 1] != '.' && address[at + 1] is not ('.' or '-') && address[^1] is not ('.' or '-')
            && System.Net.Mail.MailAddress.TryCreate(address, out _);
        return isGood ? new Mailbox(name, address) : null;
    }
}
