using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Portfolio;

/// <summary>Turns rows into suppliers; everything that is wrong goes to the bag, row after row.</summary>
internal sealed class SupplierRowReader(DiagnosticBag diagnostics)
{
    private const int LongestId = 128;
    private static readonly string[] Criticalities = ["low", "medium", "high", "critical"];
    private static readonly string[] Decisions = ["none", "renew", "terminate", "renegotiate"];

    /// <summary>Schemes of which two suppliers seldom share a value.</summary>
    private static readonly string[] Distinct = [IdentifierScheme.Lei, IdentifierScheme.Cik, IdentifierScheme.Duns, IdentifierScheme.Uei, IdentifierScheme.CompaniesHouse];

    private readonly Dictionary<string, SourcePosition> ids = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Scheme, string Value), string> holders = [];
    private PortfolioRow row = null!;

    /// <summary>Null when the row has no usable id or name.</summary>
    public Supplier? Read(PortfolioRow next)
    {
        row = next;
        string id = ReadId();
        string name = row.Text(PortfolioColumn.Name);
        if (name.Length == 0) Error("P012", PortfolioColumn.Name, $"the supplier{(id.Length == 0 ? "" : $" '{id}'")} has no name; put in its registered name");
        var supplier = new Supplier
        {
            Id = new SupplierId(id),
            Name = name,
            Aliases = row.List(PortfolioColumn.Aliases),
            Country = Checked(PortfolioColumn.Country, "P017", CountryCode.Check),
            Tier = WholeNumber(PortfolioColumn.Tier, 1, 4) ?? 3,
            Criticality = Choice(PortfolioColumn.Criticality, Criticalities, "medium"),
            Category = row.Text(PortfolioColumn.Category),
            Region = row.Text(PortfolioColumn.Region),
            Onboarded = Day(PortfolioColumn.Onboarded)?.From,
            ProcessesPersonalData = YesNo(PortfolioColumn.ProcessesPersonalData),
            Owner = row.Text(PortfolioColumn.Owner),
            BackupOwner = row.Text(PortfolioColumn.BackupOwner),
            AnnualSpend = Money(PortfolioColumn.AnnualSpend),
            Currency = Checked(PortfolioColumn.Currency, "P018", CurrencyCode.Check),
            SingleSource = YesNo(PortfolioColumn.SingleSource) ?? false,
            Identifiers = ReadIdentifiers(id),
            StatusPage = Address(PortfolioColumn.StatusPage),
            Products = row.List(PortfolioColumn.Products),
            Contract = ReadContract(),
            Tags = row.List(PortfolioColumn.Tags),
            Attributes = row.Attributes(),
        };
        return id.Length == 0 || name.Length == 0 ? null : supplier;
    }

    private string ReadId()
    {
        string id = row.Text(PortfolioColumn.Id);
        if (id.Length == 0)
        {
            Error("P010", PortfolioColumn.Id, "the row has no id; give every supplier your own key, and never give it to another");
            return "";
        }

        if (id.Length > LongestId || id.Any(char.IsControl))
        {
            Error("P010", PortfolioColumn.Id, $"the id '{Shortened(id)}' is longer than {LongestId} characters or has control characters; use a short key on one line");
            return "";
        }

        SourcePosition at = row.At(PortfolioColumn.Id);
        if (ids.TryAdd(id, at)) return id;
        Error("P011", PortfolioColumn.Id, Invariant($"the id '{id}' is on line {ids[id].Line} and again on line {at.Line}; ids are unique: remove one row or change its id"));
        return "";
    }

    private ImmutableSortedDictionary<string, string> ReadIdentifiers(string id)
    {
        ImmutableSortedDictionary<string, string>.Builder? found = null;
        foreach (string scheme in PortfolioColumn.Identifiers)
        {
            string value = Checked(scheme, "P019", text => IdentifierChecks.Check(scheme, text));
            if (value.Length == 0) continue;
            (found ??= ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal))[scheme] = value;
            if (id.Length > 0 && Array.IndexOf(Distinct, scheme) >= 0 && !holders.TryAdd((scheme, value), id))
                Warning("P022", scheme, $"the suppliers '{holders[(scheme, value)]}' and '{id}' have the same {scheme} '{value}'; if they are one company, keep one row");
        }

        return found?.ToImmutable() ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    }

    private Contract? ReadContract()
    {
        string id = row.Text(PortfolioColumn.ContractId);
        if (id.Length == 0)
        {
            string? orphan = Array.Find(PortfolioColumn.Contract, column => row.Text(column).Length > 0);
            if (orphan is not null) Error("P021", orphan, $"{orphan} is set but contract_id is empty; give the contract an id, or empty its columns");
            return null;
        }

        return new Contract
        {
            Id = id,
            End = Day(PortfolioColumn.ContractEnd)?.After,
            NoticeDays = WholeNumber(PortfolioColumn.NoticeDays, 0, 3650),
            AutoRenew = YesNo(PortfolioColumn.AutoRenew),
            RenewalDecision = Choice(PortfolioColumn.RenewalDecision, Decisions, "none"),
            AnnualValue = (double?)Money(PortfolioColumn.AnnualValue),
            LiabilityCap = (double?)Money(PortfolioColumn.LiabilityCap),
            SlaUptime = Share(PortfolioColumn.SlaUptime),
            HasDpa = YesNo(PortfolioColumn.HasDpa),
            HasExitPlan = YesNo(PortfolioColumn.HasExitPlan),
        };
    }

    private string Checked(string column, string code, Func<string, IdentifierCheck> check)
    {
        string text = row.Text(column);
        if (text.Length == 0) return "";
        IdentifierCheck result = check(text);
        if (!result.IsValid) Error(code, column, result.Problem);
        else if (result.Note.Length > 0) Add(DiagnosticSeverity.Note, code, column, result.Note);
        return result.Value;
    }

    private string Choice(string column, string[] choices, string otherwise)
    {
        string text = row.Text(column);
        if (text.Length == 0) return otherwise;
        if (Array.Find(choices, choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known) return known;
        Error("P013", column, $"{column} '{Shortened(text)}' is none of {string.Join(", ", choices)}{Suggestion.For(text, choices)}");
        return otherwise;
    }

    private int? WholeNumber(string column, int minimum, int maximum)
    {
        string text = row.Text(column);
        if (text.Length == 0) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum) return number;
        Error("P014", column, Invariant($"{column} '{Shortened(text)}' is not a whole number from {minimum} to {maximum}"));
        return null;
    }

    private decimal? Money(string column)
    {
        string text = row.Text(column);
        if (text.Length == 0) return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal number) && number >= 0) return number;
        Error("P014", column, $"{column} '{Shortened(text)}' is not an amount; write digits, with a point before decimals and no thousands separators or currency signs, as in 1250000.50");
        return null;
    }

    private double? Share(string column)
    {
        string text = row.Text(column);
        if (text.Length == 0) return null;
        bool percent = text.EndsWith('%');
        bool isNumber = decimal.TryParse(text.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number);
        if (isNumber && !percent && number <= 1) return (double)number;
        string fix = isNumber && number <= 100 ? Invariant($"{number / 100}") : "0.999";
        Error("P014", column, $"{column} '{Shortened(text)}' is not a share from 0 to 1; write it as in {fix}");
        return null;
    }

    private bool? YesNo(string column)
    {
        string text = row.Text(column);
        switch (text.ToLowerInvariant())
        {
            case "": return null;
            case "true" or "yes" or "y" or "1": return true;
            case "false" or "no" or "n" or "0": return false;
        }

        Error("P015", column, $"{column} '{Shortened(text)}' is neither yes nor no; write true or false");
        return null;
    }

    /// <summary>The first instant of a date, and the first after it: the end of a contract is the last day on which it runs.</summary>
    private (DateTimeOffset From, DateTimeOffset After)? Day(string column)
    {
        string text = row.Text(column);
        if (text.Length == 0) return null;
        if (DocumentReading.TryInstant(text, out DateTimeOffset from, out DateTimeOffset after)) return (from, after);
        Error("P016", column, $"{column} '{Shortened(text)}' is not a date; write year-month-day, as in 2027-03-31");
        return null;
    }

    private string Address(string column)
    {
        string text = row.Text(column);
        if (text.Length == 0 || (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme is "https" or "http"))) return text;
        Error("P020", column, $"{column} '{Shortened(text)}' is not a web address; write it whole, as in https://status.example.com");
        return "";
    }

    private void Error(string code, string column, string message) => Add(DiagnosticSeverity.Error, code, column, message);

    private void Warning(string code, string column, string message) => Add(DiagnosticSeverity.Warning, code, column, message);

    private void Add(DiagnosticSeverity severity, string code, string column, string message) =>
        diagnostics.Add(new Diagnostic(severity, code, message, row.At(column), row.SourceLine(column), Math.Max(1, row.Text(column).Length)));

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
