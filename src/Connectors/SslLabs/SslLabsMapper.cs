using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SslLabs;

/// <summary>Turns a finished assessment into the worst endpoint's grade. Pure.</summary>
internal static class SslLabsMapper
{
    private static readonly ImmutableArray<string> Grades = ["A+", "A", "A-", "B", "C", "D", "E", "F"];

    /// <summary>The endpoints with a grade that is known.</summary>
    public static IEnumerable<SslLabsEndpoint> Graded(SslLabsRecord record) => record.Endpoints.Where(e => Rank(e.Grade) >= 0 && e.StatusMessage is "Ready" or "");

    /// <returns>Nothing when no endpoint has a grade: a server that could not be reached is no finding.</returns>
    public static ImmutableArray<Signal> Map(SupplierId supplier, string domain, SslLabsRecord record, DateTimeOffset observedAt)
    {
        SslLabsEndpoint[] graded = [.. Graded(record).OrderByDescending(e => Rank(e.Grade)).ThenBy(e => e.IpAddress, StringComparer.Ordinal)];
        if (graded.Length == 0 || record.TestedAt is not { } testedAt) return [];
        string told = string.Create(
            CultureInfo.InvariantCulture,
            $"{domain}: {graded[0].Grade} at {graded[0].IpAddress}, the worst of {graded.Length} endpoints with a grade ({record.Endpoints.Length} in all), tested {Observation.Date(testedAt)}");
        var look = new Observation(supplier, SslLabsModule.Id, observedAt, "https://www.ssllabs.com/ssltest/analyze.html?d=" + domain, told);
        return [look.Metric(SslLabsModule.Rank, Rank(graded[0].Grade), testedAt), look.Fact("ssllabs_grade", FactValue.Of(graded[0].Grade), testedAt)];
    }

    /// <summary>0 is the best; -1: no grade.</summary>
    private static int Rank(string grade) => grade is "T" or "M" ? Grades.Length : Grades.IndexOf(grade);
}
