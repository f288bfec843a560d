using Risk.Rules.Language;

namespace Risk.Rules.Evaluation;

/// <summary>The items of an <c>each</c> list that are judged. Events of one story and type are one happening, reported more than once, and count once (a notice date and an end date are two types).</summary>
/// <remarks>The newest report says how it stands, and the oldest gives the key: a further report of a story is the same subject, and opens no alert of its own.</remarks>
internal static class EachItems
{
    /// <returns>For each item: what the condition sees, and what the key is made of.</returns>
    public static IEnumerable<(CelValue Item, CelValue Keyed)> Of(CelList list)
    {
        Dictionary<(string, string), (int Oldest, int Newest)>? stories = null;
        for (int i = 0; i < list.Items.Length; i++)
        {
            if (StoryOf(list.Items[i]) is { } story) (stories ??= [])[story] = stories.TryGetValue(story, out (int Oldest, int Newest) known) ? (known.Oldest, i) : (i, i);
        }

        for (int i = 0; i < list.Items.Length; i++)
        {
            CelValue item = list.Items[i];
            if (stories is null || StoryOf(item) is not { } story) yield return (item, item);
            else if (stories[story].Newest == i) yield return (item, list.Items[stories[story].Oldest]);
        }
    }

    private static (string Story, string Type)? StoryOf(in CelValue item) =>
        item.Kind == CelValueKind.Object && item.AsObject is EventObject { Signal.Story.Length: > 0 } happening ? (happening.Signal.Story, happening.Signal.Type) : null;
}
