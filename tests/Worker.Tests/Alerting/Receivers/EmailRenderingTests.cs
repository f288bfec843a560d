using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Email;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class EmailRenderingTests
{
    private static readonly Dictionary<string, Notification> Samples = new()
    {
        ["single"] = NotificationSample.Single,
        ["several"] = NotificationSample.Several,
        ["wide"] = NotificationSample.Wide,
        ["resolved"] = NotificationSample.Of(
            NotificationReason.Resolved, [], [NotificationSample.Insolvency with { ResolvedAt = NotificationSample.At, Resolution = "cleared", ScoreBefore = 91, BandBefore = Risk.Rules.Evaluation.Band.Critical, ScoreAfter = 34.2m, BandAfter = Risk.Rules.Evaluation.Band.Guarded }],
            [new SupplierContext(NotificationSample.Brightwater, NotificationSample.BrightwaterAssessment)]),
    };

    // The golden files were read by people, in a browser, in light and dark, at 640 and 320 pixels, before they became golden.
    // RISK_ACCEPT_GOLDEN=<folder> writes new ones.
    [Theory]
    [InlineData("single")]
    [InlineData("several")]
    [InlineData("wide")]
    [InlineData("resolved")]
    public void Render_Sample_EqualsGoldenFiles(string name)
    {
        EmailView view = EmailViews.Of(Samples[name], "m.keller@buyer.example");
        Golden(name + ".txt", $"Subject: {view.Subject}\n\n{EmailText.Render(view)}");
        Golden(name + ".html", EmailHtml.Render(view));
    }

    private static void Golden(string file, string actual)
    {
        if (Environment.GetEnvironmentVariable("RISK_ACCEPT_GOLDEN") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, file), actual);
        else Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Alerting", "Receivers", "Fixtures", file)), actual);
    }
}
