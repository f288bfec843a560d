using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.Alerting;

internal static class RoutingSample
{
    public static (RoutingModel? Model, ImmutableArray<Diagnostic> Diagnostics) Read(string yaml, RoutingVocabulary? vocabulary = null)
    {
        var diagnostics = new DiagnosticBag();
        Document document = YamlReader.Read(yaml, "routing.yaml", diagnostics);
        Assert.Empty(diagnostics.Sorted());
        return new RoutingReader(ReceiverChannels.Discover(), vocabulary ?? RoutingVocabulary.Basic).Read(document);
    }

    public static RoutingModel Good(string yaml)
    {
        (RoutingModel? model, ImmutableArray<Diagnostic> diagnostics) = Read(yaml);
        Assert.True(model is not null, string.Join("\n", diagnostics));
        return model;
    }

    public static ImmutableSortedDictionary<string, string> Labels(params (string Name, string Value)[] labels) =>
        labels.ToImmutableSortedDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal);
}
