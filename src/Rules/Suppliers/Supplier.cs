using System.Collections.Immutable;

namespace Risk.Rules.Suppliers;

/// <summary>One monitored company, as the portfolio says it is.</summary>
/// <remarks>Immutable. Text that the portfolio leaves empty is <c>""</c>, never null; lists are never default.</remarks>
public sealed record Supplier
{
    public required SupplierId Id { get; init; }

    public required string Name { get; init; }

    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>ISO 3166-1 alpha-2, upper case, or "".</summary>
    public string Country { get; init; } = "";

    /// <summary>1 is the most important; 1 to 4. Default 3.</summary>
    public int Tier { get; init; } = 3;

    /// <summary>low, medium, high or critical.</summary>
    public string Criticality { get; init; } = "medium";

    public string Category { get; init; } = "";

    /// <summary>Part of the world or of the company, in the user's own words; or "".</summary>
    public string Region { get; init; } = "";

    /// <summary>Since when we buy there; null when the portfolio does not say.</summary>
    public DateTimeOffset? Onboarded { get; init; }

    /// <summary>Whether the supplier processes personal data for us; null when the portfolio does not say.</summary>
    public bool? ProcessesPersonalData { get; init; }

    /// <summary>active, or offboarded once the supplier was retired.</summary>
    public string Status { get; init; } = "active";

    /// <summary>E-mail address or name of who answers for the supplier.</summary>
    public string Owner { get; init; } = "";

    public string BackupOwner { get; init; } = "";

    /// <summary>In <see cref="Currency"/> a year; null when unknown.</summary>
    public decimal? AnnualSpend { get; init; }

    /// <summary>ISO 4217, upper case, or "".</summary>
    public string Currency { get; init; } = "";

    public bool SingleSource { get; init; }

    /// <summary>Scheme (see <see cref="IdentifierScheme"/>) to normalised value.</summary>
    public ImmutableSortedDictionary<string, string> Identifiers { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public string StatusPage { get; init; } = "";

    /// <summary>What we buy: product names, matched against vulnerability catalogues.</summary>
    public ImmutableArray<string> Products { get; init; } = [];

    /// <summary>The running contract, or null when the portfolio names none.</summary>
    public Contract? Contract { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Every further column of the portfolio, by its name in lower snake case, as text.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The identifier of the scheme, or "".</summary>
    public string Identifier(string scheme) => Identifiers.TryGetValue(scheme, out string? value) ? value : "";
}

/// <summary>The running contract with a supplier. Null and "" mean that the portfolio does not say.</summary>
public sealed record Contract
{
    public required string Id { get; init; }

    /// <summary>Midnight UTC of the first day on which it no longer runs.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The last day on which it runs, as people write it.</summary>
    public DateOnly? LastDay() => End is { } end ? DateOnly.FromDateTime(end.AddSeconds(-1).UtcDateTime) : null;

    public int? NoticeDays { get; init; }

    public bool? AutoRenew { get; init; }

    /// <summary>renew, terminate, renegotiate, or none.</summary>
    public string RenewalDecision { get; init; } = "none";

    /// <summary>In the supplier's currency.</summary>
    public double? AnnualValue { get; init; }

    public double? LiabilityCap { get; init; }

    /// <summary>Agreed share of uptime, 0 to 1.</summary>
    public double? SlaUptime { get; init; }

    public bool? HasDpa { get; init; }

    public bool? HasExitPlan { get; init; }
}

/// <summary>Identifier schemes that sources join on.</summary>
public static class IdentifierScheme
{
    public const string Lei = "lei";
    /// <summary>SEC central index key, ten digits with leading zeros.</summary>
    public const string Cik = "cik";
    public const string Ticker = "ticker";
    public const string Duns = "duns";
    /// <summary>Unique Entity ID of the US government (SAM.gov), twelve characters; it replaced the D-U-N-S number there.</summary>
    public const string Uei = "uei";
    public const string Vat = "vat";
    /// <summary>Companies House number, eight characters.</summary>
    public const string CompaniesHouse = "companies_house";
    public const string Domain = "domain";
}
