using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.MozillaObservatory;

/// <summary>Turns one scan into the grade and the score. Pure.</summary>
internal static class MozillaObservatoryMapper
{
    public static ImmutableArray<Signal> Map(SupplierId supplier, string domain, MozillaObservatoryRecord record, DateTimeOffset observedAt)
    {
        string told = string.Create(CultureInfo.InvariantCulture, $"{domain}: grade {record.Grade}, score {record.Score}, {record.Failed} of {record.Tests} tests failed, scanned {Observation.Date(record.ScannedAt)}");
        var look = new Observation(supplier, MozillaObservatoryModule.Id, observedAt, "https://developer.mozilla.org/en-US/observatory/analyze?host=" + domain, told);
        return [look.Metric(MozillaObservatoryModule.Score, record.Score, record.ScannedAt), look.Fact("observatory_grade", FactValue.Of(record.Grade), record.ScannedAt)];
    }
}
