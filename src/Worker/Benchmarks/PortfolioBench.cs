using System.Collections.Immutable;
using System.Diagnostics;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Worker.Screening;

namespace Risk.Worker.Benchmarks;

/// <summary>One list compared with the whole portfolio, its index built first.</summary>
internal sealed record ListScreenTime(string List, int Names, double WallSeconds, double ProcessorSeconds, int Matches);

/// <summary>What screening a portfolio costs.</summary>
/// <param name="NamesPerSecond">Comparisons of one supplier with one list, a second of wall time.</param>
/// <param name="PeakMegabytes">Most memory of the process so far.</param>
/// <param name="PortfolioIndexSeconds">To make the portfolio searchable for a list's change; once for all lists of a run.</param>
/// <param name="DeltaNames">Names of the largest list that came or changed.</param>
/// <param name="DeltaMilliseconds">To find the suppliers near them, count the words of the whole list and compare; median of the rounds.</param>
/// <param name="DeltaSuppliers">Suppliers that were near; all of them when a name is too common.</param>
internal sealed record PortfolioBenchResult(
    int Suppliers, IReadOnlyList<ListScreenTime> Lists, double WallSeconds, double ProcessorSeconds, double NamesPerSecond, long PeakMegabytes, double PortfolioIndexSeconds, int DeltaNames, double DeltaMilliseconds,
    int DeltaSuppliers);

/// <summary>Measures the screening of a made-up portfolio: whole against every list, then against one list's change. Uses all processors, as the worker does.</summary>
internal static class PortfolioBench
{
    public const int Suppliers = 100_000;
    private const int Change = 200;
    private const int Rounds = 5;

    /// <summary>One supplier in so many has a listed name, one letter of it changed.</summary>
    private const int ListedEvery = 200;

    private static readonly string[] Syllables =
        ["al", "an", "ber", "bo", "ca", "cor", "da", "del", "el", "fa", "fer", "gar", "gen", "ha", "hol", "in", "ka", "kor", "la", "lin", "ma", "mer", "mo", "na", "nor", "or", "pa", "per", "ra", "ri", "sa", "sen", "so", "ta", "ten", "to", "ul", "va", "ver", "zan"];

    private static readonly string[] Branches =
    [
        "Logistics", "Steel", "Chemicals", "Software", "Electronics", "Trading", "Shipping", "Foods", "Packaging", "Engineering", "Energy", "Pharma", "Textiles", "Machinery", "Plastics", "Consulting", "Services",
        "Technologies", "Medical Systems", "Construction", "Motors", "Paper", "Data Systems", "Marine", "Aviation Parts", "Instruments", "Tools", "Furniture", "Glass", "Industries",
    ];

    private static readonly string[] Openings = ["", "", "", "", "", "Global", "United", "First", "New", "Northern", "General", "American", "Pacific", "Royal", "International"];

    private static readonly (string Form, string Country)[] Forms =
        [("GmbH", "DE"), ("AG", "CH"), ("Ltd", "GB"), ("Inc.", "US"), ("LLC", "US"), ("S.p.A.", "IT"), ("S.A.", "FR"), ("B.V.", "NL"), ("Sp. z o.o.", "PL"), ("A.S.", "TR"), ("Co., Ltd.", "CN"), ("Pvt Ltd", "IN"), ("Group", ""), ("", "")];

    /// <param name="lists">By name; none empty.</param>
    public static PortfolioBenchResult Run(IReadOnlyList<(string Name, ImmutableArray<ListEntry> Entries)> lists, int suppliers, TimeProvider clock, Action<int, int, string> progress, CancellationToken cancellationToken)
    {
        Supplier[] portfolio = MakeUp([.. lists.SelectMany(l => l.Entries).Where(e => !e.IsPerson)], suppliers);
        var times = new List<ListScreenTime>();
        foreach ((string name, ImmutableArray<ListEntry> entries) in lists)
        {
            progress(times.Count, lists.Count, name);
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = clock.GetTimestamp();
            int matches = PortfolioScreening.Whole(entries, portfolio, cancellationToken).Matches.Length;
            times.Add(new ListScreenTime(name, entries.Sum(e => e.Names.Length), clock.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds, matches));
        }

        progress(lists.Count, lists.Count, "a list's change");
        long indexing = clock.GetTimestamp();
        var names = new Lazy<PortfolioNames>(new PortfolioNames(portfolio));
        double index = clock.GetElapsedTime(indexing).TotalSeconds;
        ImmutableArray<ListEntry> largest = lists.MaxBy(l => l.Entries.Sum(e => e.Names.Length)).Entries;
        ListEntry[] changed = Spread(largest);
        var rounds = new double[Rounds];
        int near = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long start = clock.GetTimestamp();
            ScreenScope scope = PortfolioScreening.Change(largest, new ScreenChanges(changed, [], []), portfolio, names, cancellationToken).Scope;
            rounds[round] = clock.GetElapsedTime(start).TotalMilliseconds;
            near = scope.Suppliers ?? portfolio.Length;
        }

        double wall = times.Sum(t => t.WallSeconds);
        using Process self = Process.GetCurrentProcess();
        return new PortfolioBenchResult(
            portfolio.Length, times, wall, times.Sum(t => t.ProcessorSeconds), (double)portfolio.Length * lists.Count / wall, self.PeakWorkingSet64 >> 20, index, changed.Sum(e => e.Names.Length),
            rounds.Order().ElementAt(Rounds / 2), near);
    }

    /// <summary>Listed names as entries, by list.</summary>
    public static IReadOnlyList<(string Name, ImmutableArray<ListEntry> Entries)> ListsOf(IEnumerable<Rules.Matching.ListedName> listed) =>
        [.. listed.GroupBy(n => n.List, StringComparer.Ordinal).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => (l.Key, l.GroupBy(n => n.EntityId, StringComparer.Ordinal).Select(EntryOf).ToImmutableArray()))];

    private static ListEntry EntryOf(IGrouping<string, Rules.Matching.ListedName> party)
    {
        Rules.Matching.ListedName first = party.First();
        return new ListEntry
        {
            Id = party.Key, List = first.List, Kind = ListKind.Blocking, Type = first.List, Reference = party.Key, Url = "", PartyType = first.Kind.ToString().ToLowerInvariant(), Programme = "",
            IsPerson = first.Kind == Rules.Matching.PartyKind.Individual, Countries = first.Country.Split(';', StringSplitOptions.RemoveEmptyEntries).ToImmutableSortedSet(StringComparer.Ordinal),
            Names = [.. party.Select(n => new ListedName(n.Name, n.Strength switch { Rules.Matching.NameStrength.Primary => NameStrength.Primary, Rules.Matching.NameStrength.Alias => NameStrength.Alias, _ => NameStrength.Weak }))],
        };
    }

    /// <summary>The same at every run.</summary>
    private static Supplier[] MakeUp(ListEntry[] companies, int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            (string form, string country) = Pick(Forms);
            string name = i % ListedEvery == 0 && companies.Length > 0 ? Changed(Pick(companies).Name) : $"{Pick(Openings)} {Coined()} {Pick(Branches)} {form}".Trim();
            return new Supplier { Id = new SupplierId($"S{i}"), Name = name, Country = country };
        })];

        T Pick<T>(T[] from) => from[random.Next(from.Length)];

        string Coined()
        {
            string word = string.Concat(Enumerable.Range(0, random.Next(2, 4)).Select(_ => Pick(Syllables)));
            return char.ToUpperInvariant(word[0]) + word[1..];
        }

        string Changed(string name)
        {
            int at = random.Next(name.Length);
            return $"{name[..at]}e{name[(at + 1)..]}";
        }
    }

    /// <summary>Entries from all over the list, until they have the names of a day's change.</summary>
    private static ListEntry[] Spread(ImmutableArray<ListEntry> entries)
    {
        int names = 0, step = Math.Max(1, entries.Length / Change);
        return [.. Enumerable.Range(0, entries.Length).Where(i => i % step == 0).Select(i => entries[i]).TakeWhile(e => (names += e.Names.Length) <= Change)];
    }
}
