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
        ["story"] = NotificationSample.Story,
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
        ["table"] = NotificationSample.Wide with
        {
            Reason = NotificationReason.Burst,
            Occasion = "7 messages came together and became this one. Escalated: nobody acknowledged it within 4h of office hours (escalation tier-1, step 1 of 2)",
            Escalated = 3,
            Because = [.. Enumerable.Range(1, 7).Select(i => $"You are the backup owner of Plant {i} GmbH."), "Receiver 'treasury' names you."],
            Waiting = new Risk.Worker.Storage.WaitingItems(4, NotificationSample.At.AddDays(1)),
        },
    };

    // The golden files were read by people, in a browser, in light and dark, at 640 and 320 pixels, before they became golden.
    // RISK_ACCEPT_GOLDEN=<folder> writes new ones.
    [Theory]
    [InlineData("single")]
    [InlineData("several")]
    [InlineData("wide")]
    [InlineData("story")]
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

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("=HYPERLINK(\"http://evil.example\",\"x\")")]
    [InlineData("Acme\r\nBcc: victim@buyer.example")]
    [InlineData("Acme \u202Eexe.ccod\u202C")]
    [InlineData("\" onmouseover=\"alert(1)")]
    public void Render_HostileWordsFromOutside_AreShownAndDoNothing(string hostile)
    {
        Notification story = NotificationSample.Story;
        Risk.Rules.Alerts.Alert alert = story.Firing[0] with { Message = hostile, Reopened = hostile, Next = hostile, Evidence = [.. story.Firing[0].Evidence.Select(e => e with { Label = "events.x " + hostile, Excerpt = hostile, Url = "javascript:alert(1)" })] };
        EpisodeContext episode = story.Episodes.Values.First();
        EmailView view = EmailViews.Of(
            story with
            {
                Firing = [alert],
                Suppliers = story.Suppliers.SetItem(NotificationSample.Brightwater.Id, new SupplierContext(NotificationSample.Brightwater with { Name = hostile, Owner = hostile, Contract = NotificationSample.Brightwater.Contract! with { Id = hostile } }, null)),
                Episodes = story.Episodes.SetItem(alert.EpisodeId, episode with { Acts = [.. episode.Acts.Select(a => a with { By = hostile, Note = hostile })], Workflow = episode.Workflow! with { Assignee = hostile } }),
            }, "m.keller@buyer.example");
        string html = EmailHtml.Render(view), text = EmailText.Render(view);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript:", html + text, StringComparison.Ordinal);
        Assert.DoesNotContain("\" onmouseover", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', html + text + view.Subject);
        Assert.DoesNotContain("\nBcc:", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', view.Subject);
    }

    [Fact]
    public void Of_AssessmentThatMovedOn_SaysTheScoreThatIsExplained()
    {
        EmailView view = EmailViews.Of(Now(NotificationSample.BrightwaterAssessment with { Score = 77m, Band = Risk.Rules.Evaluation.Band.High }), "m.keller@buyer.example");
        Assert.Equal(("77", "High"), (view.Score!.After, view.Score.BandAfter));
        Assert.EndsWith("(34 -> 77)", view.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_UndecidedRules_AreNotToldAsIfTheyHadHappened()
    {
        Risk.Rules.Evaluation.Assessment known = NotificationSample.BrightwaterAssessment;
        EmailView view = EmailViews.Of(Now(known with { Findings = [.. known.Findings.Select(f => f.Category == "financial" ? f with { State = Risk.Rules.Evaluation.FindingState.Unknown } : f)] }), "m.keller@buyer.example");
        Assert.Contains(("+42.7", "Not known: 2 undecided rules (financial)"), view.Why);
        Assert.DoesNotContain(view.Why, w => w.What.StartsWith("Thin liquidity", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_AlertThatRecovers_SaysSo()
    {
        Risk.Rules.Evaluation.Assessment known = NotificationSample.BrightwaterAssessment;
        EmailView view = EmailViews.Of(Now(known with { Findings = [.. known.Findings.Select(f => f with { State = Risk.Rules.Evaluation.FindingState.Recovering })] }), "m.keller@buyer.example");
        Assert.StartsWith("Recovering: what raised it no longer holds.", view.Turn, StringComparison.Ordinal);
        Assert.Contains(("+6.0", "On-time delivery below the agreed level (operational, recovering)"), view.Why);
        Assert.Equal("", EmailViews.Of(NotificationSample.Single, "m.keller@buyer.example").Turn);
    }

    [Theory]
    [InlineData("Brightwater Castings GmbH: petition filed", "Petition filed")]
    [InlineData("Brightwater Castings GmbH is in CU, under an embargo", "Is in CU, under an embargo")]
    [InlineData("Brightwater Castings GmbHs parent failed", "Brightwater Castings GmbHs parent failed")]
    public void Of_MessageThatBeginsWithTheName_DoesNotRepeatIt(string message, string said) =>
        Assert.Equal(said, EmailViews.Of(NotificationSample.Single with { Firing = [NotificationSample.Insolvency with { Message = message }] }, "m.keller@buyer.example").WhatHappened);

    [Theory]
    [InlineData("cleared", "RESOLVED", "Nothing to do: cleared on 2026-03-02")]
    [InlineData("accepted until 2026-06-30", "ACCEPTED", "Nothing to do: accepted until 2026-06-30 on 2026-03-02")]
    [InlineData("false positive, says m.weber: wrong figures", "DISMISSED", "Nothing to do: false positive, says m.weber: wrong figures on 2026-03-02")]
    [InlineData("cleared as a false positive by m.weber on 2026-03-02: another party", "DISMISSED", "Nothing to do: cleared as a false positive by m.weber on 2026-03-02: another party")]
    public void Of_AlertThatIsOver_SaysHow(string resolution, string verdict, string next)
    {
        EmailView view = EmailViews.Of(NotificationSample.Of(NotificationReason.Resolved, [], [NotificationSample.Insolvency with { ResolvedAt = NotificationSample.At, Resolution = resolution }], []), "m.keller@buyer.example");
        Assert.Equal((verdict, next), (view.Verdict, view.Next));
    }

    private static Notification Now(Risk.Rules.Evaluation.Assessment assessment) =>
        NotificationSample.Of(NotificationReason.First, [NotificationSample.Insolvency], [], [new SupplierContext(NotificationSample.Brightwater, assessment)]);

    [Fact]
    public void Render_AnyMail_FetchesNothing()
    {
        foreach (Notification sample in Samples.Values)
        {
            string html = EmailHtml.Render(EmailViews.Of(sample, "m.keller@buyer.example"));
            Assert.DoesNotMatch("(?i)<(img|script|link|iframe|svg|object|video|style)|url\\(|@import|background=|src=", html);
            Assert.True(html.Length < 100_000, $"{html.Length} bytes are cut off by some readers");
        }
    }
}
