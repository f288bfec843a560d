using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.PacerRss;

/// <summary>Options of the source, from <c>Risk:Sources:pacer-rss</c>.</summary>
/// <param name="Courts">Short names of the courts that are read, as in <c>ecf.nysb.uscourts.gov</c>.</param>
internal sealed record PacerRssOptions(ImmutableArray<string> Courts)
{
    /// <summary>Where nearly all large companies file: Delaware, Southern Texas, Southern New York, New Jersey, Eastern Virginia; and Maryland.</summary>
    private const string Default = "deb,txsb,nysb,njb,vaeb,mdb";

    /// <exception cref="SourceFailureException">Misconfigured: a court's name is none.</exception>
    public static PacerRssOptions Read(IConfigurationSection options)
    {
        string[] courts = (options[nameof(Courts)] ?? Default).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (courts.Length == 0 || Array.Find(courts, c => c.Length is < 3 or > 6 || !c.All(char.IsAsciiLetterLower)) is not null)
            throw new SourceFailureException(FailureKind.Misconfigured, $"Risk:Sources:{PacerRssModule.Id}:{nameof(Courts)} must name bankruptcy courts by their short names, as in {Default}.");
        return new PacerRssOptions([.. courts.Distinct(StringComparer.Ordinal)]);
    }
}
