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
        ["digest"] = NotificationSample.Wide with
        {
            Reason = NotificationReason.Digest,
            Occasion = "daily at 08:00 office",
            Because = ["You are the owner of 2 of these suppliers.", "Receiver 'treasury' names you."],
            Resolved = [NotificationSample.Alert("01hx7over00000000000000001", "SR-OPS-002", "SUP-0102", Risk.Rules.Evaluation.Severity.Warning, "operational", "On-time delivery is back above the agreed level", NotificationSample.At.AddHours(-3))],
            Muted = [new MutedAlert(NotificationSample.Alert("01hx7muted0000000000000001", "SR-FIN-003", "SUP-0042", message: "Brightwater Castings GmbH: current ratio 0.61"), "inhibited by 'Insolvency proceedings' (SR-FIN-004)")],
            Recipients = ["m.keller@buyer.example"],
        },
        ["table"] = NotificationSample.Wide with { Reason = NotificationReason.Burst, Occasion = "7 messages came together and became this one", Waiting = new Risk.Worker.Storage.WaitingItems(4, NotificationSample.At.AddDays(1)) },
    };

    // The golden files were read by people, in a browser, in light and dark, at 640 and 320 pixels, before they became golden.
    // RISK_ACCEPT_GOLDEN=<folder> writes new ones.
    [Theory]
    [InlineData("single")]
    [InlineData("several")]
    [InlineData("wide")]
    [InlineData("resolved")]
    [InlineData("digest")]
    [InlineData("table")]
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
