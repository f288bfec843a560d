using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Matching;

namespace Risk.Rules.Tests.Matching;

/// <summary>The trees that come with the program.</summary>
public sealed class ScoreModelTests
{
    /// <summary>Whatever a pair of names looks like: more of what speaks for a match never lowers the score, more of what speaks against it never raises it.</summary>
    [Fact]
    public void Score_OneFeatureMoved_MovesInItsDirection()
    {
        Gen<float[]> pairs = Gen.ArrayOf(Gen.Choose(0, 400).Select(n => n / 10f), (int)MatchFeature.Count);
        Prop.ForAll(pairs.ToArbitrary(), Gen.Choose(0, (int)MatchFeature.Count - 1).ToArbitrary(), Gen.Choose(1, 200).ToArbitrary(), (features, moved, by) =>
        {
            float before = ScoreModel.Default.Score(features);
            features[moved] += by / 10f;
            float after = ScoreModel.Default.Score(features);
            int direction = MatchFeatures.Directions[moved];
            return before is > 0 and < 1 && (direction == MatchFeatures.Unused ? after == before : direction * (after - before) >= 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("radiopriborsnab", "carvana")]
    [InlineData("tekhmash", "galaxy")]
    public void Surprise_Words_IsHigherForLettersThatEnglishDoesNotJoin(string more, string less) => Assert.True(LetterModel.Surprise(more) / more.Length > LetterModel.Surprise(less) / less.Length);
}
