using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Dossiers;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.RuleTesting;

/// <summary>
/// What a tests/1 file says is known of a supplier; mappings are laid over one another (fixture, then <c>given</c>, then each step), and made into a dossier at an instant.
/// </summary>
/// <remarks>
/// <c>supplier contract metrics age history readings facts feeds events certs</c>. A metric's value is a reading at the instant it is given, less its <c>age</c>; <c>null</c> takes the
/// readings away. Facts and feeds are fresh unless <c>feeds</c> gives the time since the last check (<c>5d</c>) or <c>never</c>, <c>not covered</c>, <c>no source</c>.
/// </remarks>
internal sealed class TestFixture(Catalog catalog)
{
    private static readonly SourceId TestSource = new("test");

    private readonly SortedDictionary<DateTimeOffset, double>[] readings = [.. catalog.Metrics.Select(_ => new SortedDictionary<DateTimeOffset, double>())];
    private readonly FactValue?[] facts = new FactValue?[catalog.Facts.Length];
    private readonly ImmutableArray<EventSignal>[] events = [.. catalog.Feeds.Select(_ => ImmutableArray<EventSignal>.Empty)];
    private readonly Dictionary<string, (Freshness State, TimeSpan Age)> checks = new(StringComparer.Ordinal);
    private Supplier supplier = new() { Id = new SupplierId("S-1"), Name = "Test Supplier" };

    /// <summary>How many evaluations at earlier readings come first (<c>readings: {metrics.otd: 2}</c>).</summary>
    public int EarlierReadings { get; private set; }

    public void Apply(MappingReader given, DateTimeOffset at)
    {
        if (given.Child("supplier") is { } row) supplier = ReadSupplier(row);
        if (given.Child("contract") is { } contract) supplier = supplier with { Contract = ReadContract(contract) };
        else if (given.Mapping["contract"] is ScalarNode { IsNull: true }) supplier = supplier with { Contract = null };

        Dictionary<string, TimeSpan> ages = Durations(given, "age");
        ReadMetrics(given, at, ages);
        ReadFacts(given);
        foreach (MappingEntry entry in given.Entries("age")) CheckPath(given, entry.Key);
        foreach ((string path, TimeSpan age) in ages)
        {
            if (path.StartsWith("facts.", StringComparison.Ordinal)) checks[path] = (Freshness.Fresh, age);
        }

        ReadFeeds(given);
        ReadEvents(given);
        ReadCertificates(given);
        foreach ((MetricDefinition _, int slot, DocumentNode value) in Metrics(given, "readings"))
        {
            if (value is ScalarNode scalar && DocumentReading.TryInt(scalar, out long count) && count is > 0 and < 100)
            {
                EarlierReadings = Math.Max(EarlierReadings, (int)count - 1);
                if (readings[slot].Count == 0) continue;
                double last = readings[slot].Last().Value;
                for (int i = 1; i < count; i++) readings[slot].TryAdd(at.AddDays(-i), last);
            }
            else given.Wrong("readings", value, "a number of readings");
        }
    }

    public Dossier At(DateTimeOffset at)
    {
        var metrics = ImmutableArray.CreateBuilder<ImmutableArray<MetricSignal>>();
        for (int slot = 0; slot < readings.Length; slot++)
        {
            metrics.Add([.. readings[slot].Where(r => r.Key <= at).Select(r => new MetricSignal
            {
                Supplier = supplier.Id, Source = TestSource, Name = catalog.Metrics[slot].Name, OccurredAt = r.Key, ObservedAt = r.Key, Value = r.Value, Evidence = EvidenceAt(r.Key),
            })]);
        }

        return new Dossier
        {
            Supplier = supplier,
            AsOf = at,
            Metrics = metrics.ToImmutable(),
            InvalidMetrics = [.. catalog.Metrics.Select(_ => (MetricSignal?)null)],
            Facts = [.. catalog.Facts.Select((f, slot) =>
            {
                (Freshness state, DateTimeOffset? checkedAt) = CheckOf("facts." + f.Name, f.MaximumAge, at);
                FactSignal? signal = facts[slot] is { } value
                    ? new FactSignal { Supplier = supplier.Id, Source = TestSource, Name = f.Name, OccurredAt = at, ObservedAt = at, Value = value, Evidence = EvidenceAt(at) } : null;
                return new FactSlot(state, checkedAt, signal);
            })],
            Feeds = [.. catalog.Feeds.Select((f, slot) =>
            {
                (Freshness state, DateTimeOffset? checkedAt) = CheckOf("events." + f.Name, f.MaximumAge, at);
                return new FeedSlot(state, checkedAt, events[slot]);
            })],
        };
    }

    private static Evidence EvidenceAt(DateTimeOffset at) => new("https://example.org/evidence", "", "", at);

    private (Freshness, DateTimeOffset?) CheckOf(string path, TimeSpan maximumAge, DateTimeOffset at)
    {
        if (!checks.TryGetValue(path, out (Freshness State, TimeSpan Age) check)) return (Freshness.Fresh, at);
        if (check.State != Freshness.Fresh) return (check.State, null);
        return (check.Age <= maximumAge ? Freshness.Fresh : Freshness.Stale, at - check.Age);
    }

    private void ReadMetrics(MappingReader given, DateTimeOffset at, Dictionary<string, TimeSpan> ages)
    {
        foreach ((MetricDefinition metric, int slot, DocumentNode value) in Metrics(given, "metrics"))
        {
            if (value is ScalarNode { IsNull: true }) readings[slot].Clear();
            else if (value is ScalarNode scalar && DocumentReading.TryDouble(scalar, out double number)) readings[slot][at - ages.GetValueOrDefault("metrics." + metric.Name)] = number;
            else given.Wrong(metric.Name, value, "a number or null");
        }

        foreach ((string path, TimeSpan age) in ages)
        {
            // An age alone moves the reading that is there.
            int slot = path.StartsWith("metrics.", StringComparison.Ordinal) ? catalog.MetricSlot(path[8..]) : -1;
            if (slot < 0 || readings[slot].Count == 0 || readings[slot].Last().Key <= at - age) continue;
            (DateTimeOffset last, double number) = readings[slot].Last();
            readings[slot].Remove(last);
            readings[slot][at - age] = number;
        }

        foreach ((MetricDefinition metric, int slot, DocumentNode value) in Metrics(given, "history"))
        {
            foreach (MappingEntry entry in value is MappingNode mapping ? mapping.Entries : [])
            {
                if (DocumentReading.TryDuration(entry.Key.Text, out TimeSpan back) && entry.Value is ScalarNode past && DocumentReading.TryDouble(past, out double number))
                    readings[slot][at - back] = number;
                else given.Wrong(metric.Name, entry.Value, "earlier values as {90d: 72.0}");
            }
        }
    }

    private void ReadFacts(MappingReader given)
    {
        foreach (MappingEntry entry in given.Entries("facts"))
        {
            int slot = catalog.FactSlot(entry.Key.Text);
            if (slot < 0) given.Error("012", $"no fact '{entry.Key.Text}' in the catalog{Suggestion.For(entry.Key.Text, catalog.Facts.Select(f => f.Name))}", entry.Key);
            else if (entry.Value is ScalarNode scalar) facts[slot] = scalar.IsNull ? null : FactOf(given, catalog.Facts[slot], scalar);
            else given.Wrong(entry.Key.Text, entry.Value, "a value or null");
        }
    }

    private static FactValue? FactOf(MappingReader given, FactDefinition fact, ScalarNode scalar)
    {
        switch (fact.Type)
        {
            case FactType.Bool when DocumentReading.TryBool(scalar, out bool truth): return FactValue.Of(truth);
            case FactType.Int when DocumentReading.TryInt(scalar, out long number): return FactValue.Of(number);
            case FactType.Timestamp when DocumentReading.TryInstant(scalar.Text, out DateTimeOffset from, out _): return FactValue.Of(from);
            case FactType.Text: return FactValue.Of(scalar.Text);
            default:
                given.Wrong(fact.Name, scalar, $"a value of type {fact.Type.ToString().ToLowerInvariant()}");
                return null;
        }
    }

    private void ReadFeeds(MappingReader given)
    {
        if (given.Node("feeds") is ScalarNode { Text: "fresh" } or null) return;
        foreach (MappingEntry entry in given.Entries("feeds"))
        {
            if (catalog.FeedSlot(entry.Key.Text) < 0) given.Error("012", $"no feed '{entry.Key.Text}' in the catalog{Suggestion.For(entry.Key.Text, catalog.Feeds.Select(f => f.Name))}", entry.Key);
            else if (entry.Value is not ScalarNode scalar) given.Wrong(entry.Key.Text, entry.Value, "fresh, 5d, never, not covered or no source");
            else if (scalar.Text == "fresh") checks.Remove("events." + entry.Key.Text);
            else if (scalar.Text == "never") checks["events." + entry.Key.Text] = (Freshness.NeverChecked, TimeSpan.Zero);
            else if (scalar.Text == "not covered") checks["events." + entry.Key.Text] = (Freshness.NotCovered, TimeSpan.Zero);
            else if (scalar.Text == "no source") checks["events." + entry.Key.Text] = (Freshness.NoSource, TimeSpan.Zero);
            else if (DocumentReading.TryDuration(scalar.Text, out TimeSpan age)) checks["events." + entry.Key.Text] = (Freshness.Fresh, age);
            else given.Wrong(entry.Key.Text, scalar, "fresh, 5d, never, not covered or no source");
        }
    }

    private void ReadEvents(MappingReader given)
    {
        foreach (MappingEntry entry in given.Entries("events"))
        {
            int slot = catalog.FeedSlot(entry.Key.Text);
            if (slot < 0)
            {
                given.Error("012", $"no feed '{entry.Key.Text}' in the catalog{Suggestion.For(entry.Key.Text, catalog.Feeds.Select(f => f.Name))}", entry.Key);
                continue;
            }

            var list = new List<EventSignal>();
            foreach (MappingReader item in given.Child("events")!.Children(entry.Key.Text)) list.Add(ReadEvent(item, entry.Key.Text));
            events[slot] = [.. list.OrderBy(e => e.OccurredAt).ThenBy(e => e.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary><c>certs: {iso27001: {issued: 2024-05-02, expires: 2027-05-01, scope: cloud}}</c>, laid over those that are there; null takes one away.</summary>
    private void ReadCertificates(MappingReader given)
    {
        int slot = catalog.FeedSlot(CertificateFeed.Name);
        foreach (MappingEntry entry in given.Entries("certs"))
        {
            if (slot < 0)
            {
                given.Error("012", "no source of the catalog supplies certificates", entry.Key);
                return;
            }

            events[slot] = events[slot].RemoveAll(e => e.Id == entry.Key.Text);
            if (entry.Value is MappingNode mapping) events[slot] = events[slot].Add(ReadCertificate(entry.Key.Text, given.Of(mapping)));
            else if (entry.Value is not ScalarNode { IsNull: true }) given.Wrong(entry.Key.Text, entry.Value, "{issued: …, expires: …, scope: …} or null");
        }
    }

    private EventSignal ReadCertificate(string name, MappingReader item)
    {
        DateTimeOffset issued = (item.Has("issued") ? item.Instant("issued") : null) ?? DateTimeOffset.UnixEpoch;
        DateTimeOffset? expires = item.Require("expires") ? item.Instant("expires") : null, after = item.InstantAfter("expires");
        var certificate = new EventSignal
        {
            Supplier = supplier.Id, Name = CertificateFeed.Name, Id = name, Source = TestSource, Type = "certificate", Title = item.Text("scope") ?? "", Severity = 1,
            OccurredAt = issued, ObservedAt = issued, Due = after > expires ? after.Value.AddSeconds(-1) : expires, Evidence = EvidenceAt(issued),
        };
        item.RejectUnknownKeys("a certificate");
        return certificate;
    }

    private EventSignal ReadEvent(MappingReader item, string feed)
    {
        DateTimeOffset happened = (item.Require("at") ? item.Instant("at") : null) ?? DateTimeOffset.UnixEpoch;
        var happening = new EventSignal
        {
            Supplier = supplier.Id, Name = feed, OccurredAt = happened, ObservedAt = happened, Id = item.RequiredText("id") ?? "", Source = new SourceId(item.Text("source") ?? "test"),
            Type = item.Text("type") ?? "", Title = item.Text("title") ?? "", Severity = item.Int("severity", 1, 5) ?? 3, Amount = (double?)item.Decimal("amount"), Stage = item.Text("stage") ?? "",
            Story = item.Text("story") ?? "", Due = item.Instant("due"), Evidence = EvidenceAt(happened) with { Url = item.Text("url") ?? "https://example.org/evidence" },
        };
        item.RejectUnknownKeys("an event");
        return happening;
    }

    private Supplier ReadSupplier(MappingReader row)
    {
        var identifiers = supplier.Identifiers.ToBuilder();
        foreach (string scheme in (string[])[IdentifierScheme.Lei, IdentifierScheme.Cik, IdentifierScheme.Ticker, IdentifierScheme.Duns, IdentifierScheme.Uei, IdentifierScheme.Vat, IdentifierScheme.CompaniesHouse, IdentifierScheme.Domain])
        {
            if (row.Text(scheme) is { Length: > 0 } value) identifiers[scheme] = value;
            else if (row.Mapping[scheme] is not null) identifiers.Remove(scheme);
        }

        var attributes = supplier.Attributes.ToBuilder();
        foreach (string name in catalog.SupplierAttributes)
        {
            if (row.Text(name) is { } value) attributes[name] = value;
        }

        Supplier read = supplier with
        {
            Id = row.Text("id") is { } id ? new SupplierId(id) : supplier.Id, Name = row.Text("name") ?? supplier.Name, Country = row.Text("country") ?? supplier.Country,
            Tier = row.Int("tier", 1, 4) ?? supplier.Tier, Criticality = row.Text("criticality") ?? supplier.Criticality, Category = row.Text("category") ?? supplier.Category,
            Status = row.Text("status") ?? supplier.Status, Owner = row.Text("owner") ?? supplier.Owner, BackupOwner = row.Text("backup_owner") ?? supplier.BackupOwner,
            AnnualSpend = row.Decimal("annual_spend") ?? supplier.AnnualSpend, Currency = row.Text("currency") ?? supplier.Currency, SingleSource = row.Bool("single_source") ?? supplier.SingleSource,
            Region = row.Text("region") ?? supplier.Region, Onboarded = row.Instant("onboarded") ?? supplier.Onboarded, ProcessesPersonalData = row.Bool("processes_personal_data") ?? supplier.ProcessesPersonalData,
            StatusPage = row.Text("status_page") ?? supplier.StatusPage,
            Tags = row.Has("tags") ? row.TextList("tags") : supplier.Tags, Products = row.Has("products") ? row.TextList("products") : supplier.Products,
            Aliases = row.Has("aliases") ? row.TextList("aliases") : supplier.Aliases, Identifiers = identifiers.ToImmutable(), Attributes = attributes.ToImmutable(),
        };
        row.RejectUnknownKeys("a supplier");
        return read;
    }

    private Contract ReadContract(MappingReader row)
    {
        Contract known = supplier.Contract ?? new Contract { Id = "C-1" };
        Contract read = known with
        {
            Id = row.Text("id") ?? known.Id, End = row.Instant("end") ?? known.End, NoticeDays = row.Int("notice_days", 0) ?? known.NoticeDays, AutoRenew = row.Bool("auto_renew") ?? known.AutoRenew,
            RenewalDecision = row.Text("renewal_decision") ?? known.RenewalDecision, AnnualValue = (double?)row.Decimal("annual_value") ?? known.AnnualValue,
            LiabilityCap = (double?)row.Decimal("liability_cap") ?? known.LiabilityCap, SlaUptime = (double?)row.Decimal("sla_uptime") ?? known.SlaUptime,
            HasDpa = row.Bool("has_dpa") ?? known.HasDpa, HasExitPlan = row.Bool("has_exit_plan") ?? known.HasExitPlan,
        };
        row.RejectUnknownKeys("a contract");
        return read;
    }

    private IEnumerable<(MetricDefinition Metric, int Slot, DocumentNode Value)> Metrics(MappingReader given, string key)
    {
        foreach (MappingEntry entry in given.Entries(key))
        {
            string name = entry.Key.Text.StartsWith("metrics.", StringComparison.Ordinal) ? entry.Key.Text[8..] : entry.Key.Text;
            int slot = catalog.MetricSlot(name);
            if (slot >= 0) yield return (catalog.Metrics[slot], slot, entry.Value);
            else given.Error("012", $"no metric '{name}' in the catalog{Suggestion.For(name, catalog.Metrics.Select(m => m.Name))}", entry.Key);
        }
    }

    /// <summary>An age of something that is not there would be an age of nothing.</summary>
    private void CheckPath(MappingReader given, ScalarNode path)
    {
        string name = path.Text[(path.Text.IndexOf('.', StringComparison.Ordinal) + 1)..];
        if (path.Text.StartsWith("metrics.", StringComparison.Ordinal) ? catalog.MetricSlot(name) >= 0 : path.Text.StartsWith("facts.", StringComparison.Ordinal) && catalog.FactSlot(name) >= 0) return;
        IEnumerable<string> known = catalog.Metrics.Select(m => "metrics." + m.Name).Concat(catalog.Facts.Select(f => "facts." + f.Name));
        given.Error("012", $"no metric or fact '{path.Text}' in the catalog{Suggestion.For(path.Text, known)}", path);
    }

    private static Dictionary<string, TimeSpan> Durations(MappingReader given, string key)
    {
        var durations = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (MappingEntry entry in given.Entries(key))
        {
            if (entry.Value is ScalarNode scalar && DocumentReading.TryDuration(scalar.Text, out TimeSpan duration)) durations[entry.Key.Text] = duration;
            else given.Wrong(entry.Key.Text, entry.Value, "a duration such as 3d");
        }

        return durations;
    }
}
