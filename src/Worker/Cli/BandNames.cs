using Risk.Rules.Evaluation;

namespace Risk.Worker.Cli;

internal static class BandNames
{
    public static string Of(Band band) => band == Band.InsufficientData ? "insufficient data" : band.ToString().ToLowerInvariant();
}
