using Risk.Rules.Matching;

namespace Risk.Rules.Identity;

/// <summary>A company name taken apart for comparison with others: its words in order, and its legal forms.</summary>
/// <remarks>Immutable; safe for all threads. Reading is bounded like every name's: what lies beyond 32 words is not compared.</remarks>
public sealed class ComparedName
{
    private readonly Item[] items;
    private readonly Form[] forms;

    private readonly bool hasArticle;
    private readonly bool hasSpacedInitials;

    private ComparedName(string text, Item[] items, Form[] forms, bool hasArticle)
    {
        Text = text;
        this.hasArticle = hasArticle;
        hasSpacedInitials = HasSpacedInitials(text);
        this.items = items;
        this.forms = forms;
        Words = string.Join(' ', items.Select(i => i.Text));
        Letters = string.Concat(items.Where(i => !i.IsFiller).Select(i => i.Text));
        TellingWords = items.Count(i => !i.IsNoise);
    }

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>The folded words without legal forms, articles at the ends dropped: equal for names that differ in writing or legal form only.</summary>
    public string Words { get; }

    /// <summary>The same without spaces, "and" and articles.</summary>
    public string Letters { get; }

    /// <summary>How many words tell companies apart: not articles, conjunctions and the like.</summary>
    public int TellingWords { get; }

    /// <summary>One word that is short enough to be other companies' name or abbreviation too; measured.</summary>
    public bool IsShortWord => TellingWords <= 1 && Letters.Length < ShortestOfOneWord;

    public bool HasForm => forms.Length > 0;

    /// <summary>The legal forms as they are written in the name, folded; "" without.</summary>
    public string FormText => string.Join(' ', forms.Select(f => f.Text));

    public static ComparedName Of(string text)
    {
        var tokens = new TokenizedName();
        NameFolder.Fold(text, tokens);
        Span<NameUnit> units = stackalloc NameUnit[TokenizedName.MaximumWords];
        int count = NameLexicon.Default.Tag(tokens, units);
        var items = new List<Item>(count);
        var forms = new List<Form>(2);
        for (int i = 0; i < count; i++)
        {
            NameUnit unit = units[i];
            string words = Join(tokens, unit);
            if (unit.Kind == UnitKind.LegalForm) forms.Add(new Form(unit.Concept, words, items.Count == 0));
            else items.Add(new Item(unit.Kind == UnitKind.Number ? unit.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : words, unit.Kind, unit.Concept));
        }

        // THE X, and X (THE) as registers sort it.
        int before = items.Count;
        while (items.Count > 1 && items[0].Text == "the") items.RemoveAt(0);
        while (items.Count > 1 && items[^1].Text == "the") items.RemoveAt(items.Count - 1);
        return new ComparedName(text, [.. items], [.. forms], items.Count < before);
    }

    /// <summary>Symmetric, except that only <paramref name="other"/> may be the longer of a name that was cut.</summary>
    public NameRelation To(ComparedName other)
    {
        if (items.Length == 0 || other.items.Length == 0) return NameRelation.Different;
        FormRelation form = Forms(other);
        if (Words == other.Words)
        {
            return form switch
            {
                FormRelation.Same when hasArticle != other.hasArticle || hasSpacedInitials != other.hasSpacedInitials => NameRelation.OtherSpelling,
                FormRelation.Same => HasForm ? NameRelation.Same : NameRelation.SameWithoutForm,
                FormRelation.Missing => NameRelation.FormMissing,
                _ => NameRelation.OtherForm,
            };
        }

        bool spelling = Letters == other.Letters ? Letters.Length >= ShortestOfOneWord : IsSpelling(other) || IsCut(other);
        if (spelling && form == FormRelation.Same) return IsLong && other.IsLong || Letters == other.Letters ? NameRelation.OtherSpelling : NameRelation.Similar;
        if (spelling) return NameRelation.Similar;
        return IsSister(other) ? NameRelation.Sister : NameRelation.Different;
    }

    /// <summary>What differs, for people; "" for equal words.</summary>
    public string Difference(ComparedName other)
    {
        string[] mine = [.. items.Select(i => i.Text).Except(other.items.Select(i => i.Text), StringComparer.Ordinal)];
        string[] theirs = [.. other.items.Select(i => i.Text).Except(items.Select(i => i.Text), StringComparer.Ordinal)];
        return (mine.Length, theirs.Length) switch
        {
            (0, 0) => Words == other.Words ? "" : "the order of words",
            (0, _) => $"only there: {string.Join(' ', theirs)}",
            (_, 0) => $"only here: {string.Join(' ', mine)}",
            _ => $"{string.Join(' ', mine)} / {string.Join(' ', theirs)}",
        };
    }

    /// <summary>Keys of which two names that are spellings of each other (one word slipped, in the plural or abbreviated; other spaces; cut) share one.</summary>
    internal IEnumerable<ulong> SpellingKeys()
    {
        if (Letters.Length >= ShortestOfOneWord) yield return Hash(Letters, 1, 0);
        if (Words.Length >= ShortestCut && TellingWords >= 3) yield return Hash(Words.AsSpan(0, ShortestCut), 2, 0);
        if (!IsLong) yield break;
        Item[] words = [.. items.Where(i => !i.IsFiller)];
        for (int i = 0; i < words.Length; i++)
        {
            ulong pattern = (ulong)i + 3;
            for (int j = 0; j < words.Length; j++) pattern = j == i ? Hash("*", pattern, 0) : Hash(words[j].Text, pattern, 0);
            if (words[i].Concept >= 0) yield return Hash(words[i].Concept.ToString(System.Globalization.CultureInfo.InvariantCulture), pattern, 4);
            string text = words[i].Text;
            if (text.Length is < 4 or > 30) continue;
            yield return Hash(text, pattern, 5);
            for (int left = 0; left < text.Length; left++) yield return Hash(text.AsSpan(left + 1), Hash(text.AsSpan(0, left), pattern, 5), null);
        }
    }

    /// <param name="kind">Null: goes on with what was hashed before.</param>
    private static ulong Hash(ReadOnlySpan<char> text, ulong seed, uint? kind)
    {
        ulong hash = kind is { } k ? ((seed ^ 14695981039346656037UL) * 1099511628211UL ^ k) * 1099511628211UL : seed;
        foreach (char c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }

    private const int ShortestOfOneWord = 8;

    /// <summary>Where fields of vendor files end (35 or 40 characters); a name is cut there within a word.</summary>
    private const int ShortestCut = 30, LongestCut = 40;

    /// <summary>One slip in a short name makes another company's name of it.</summary>
    private bool IsLong => TellingWords >= 3 || (TellingWords == 2 && Letters.Length >= 14);

    private bool IsSpelling(ComparedName other)
    {
        Item[] mine = [.. items.Where(i => !i.IsFiller)], theirs = [.. other.items.Where(i => !i.IsFiller)];
        if (mine.Length != theirs.Length) return false;
        int differing = 0;
        for (int i = 0; i < mine.Length; i++)
        {
            if (mine[i].Text == theirs[i].Text) continue;
            if (++differing > 2 || !mine[i].IsSpellingOf(theirs[i])) return false;
        }

        return differing > 0 || mine.Length > 0;
    }

    private bool IsCut(ComparedName other)
    {
        if (HasForm || TellingWords < 3 || Text.Trim().Length is < ShortestCut or > LongestCut) return false;
        string whole = other.HasForm ? $"{other.Words} {other.FormText}" : other.Words;
        return whole.Length > Words.Length && whole[Words.Length] != ' ' && whole.StartsWith(Words, StringComparison.Ordinal);
    }

    /// <summary>Words of its own and of its trade are the same, in this order; the rest (places, numbers, group, holdings) tells parts of a group apart.</summary>
    private bool IsSister(ComparedName other)
    {
        string[] mine = [.. items.Where(i => i.IsOwn).Select(i => i.Text)], theirs = [.. other.items.Where(i => i.IsOwn).Select(i => i.Text)];
        return mine.Length > 0 && mine.AsSpan().SequenceEqual(theirs);
    }

    private FormRelation Forms(ComparedName other)
    {
        if (forms.Length == 0 && other.forms.Length == 0) return FormRelation.Same;
        if (forms.Length == 0 || other.forms.Length == 0) return FormRelation.Missing;
        return forms.Length == other.forms.Length && forms.Zip(other.forms).All(pair => pair.First.IsWritingOf(pair.Second)) ? FormRelation.Same : FormRelation.Differs;
    }

    /// <summary>A B LTD, which may be AB LTD and may not; A.B. LTD is.</summary>
    private static bool HasSpacedInitials(ReadOnlySpan<char> text)
    {
        for (int i = 0; i + 2 < text.Length; i++)
        {
            bool begins = i == 0 || !char.IsLetterOrDigit(text[i - 1]), ends = i + 3 == text.Length || !char.IsLetterOrDigit(text[i + 3]);
            if (begins && ends && char.IsLetter(text[i]) && text[i + 1] == ' ' && char.IsLetter(text[i + 2])) return true;
        }

        return false;
    }

    private static string Join(TokenizedName tokens, in NameUnit unit)
    {
        if (unit.Words == 1) return tokens.Word(unit.First).ToString();
        var words = new string[unit.Words];
        for (int i = 0; i < words.Length; i++) words[i] = tokens.Word(unit.First + i).ToString();
        return string.Join(' ', words);
    }

    /// <summary>LTD for LIMITED, GMBH for GESELLSCHAFT MIT BESCHRAENKTER HAFTUNG: the same first letter, and the letters in this order.</summary>
    private static bool Abbreviates(string shorter, string longer)
    {
        if (shorter.Length > LongestAbbreviation || shorter.Length >= longer.Length || shorter.Length < 2 || shorter[0] != longer[0]) return false;
        int at = 0;
        foreach (char c in longer)
        {
            if (at < shorter.Length && shorter[at] == c) at++;
        }

        return at == shorter.Length;
    }

    private const int LongestAbbreviation = 5;

    private enum FormRelation
    {
        Same,
        Missing,
        Differs,
    }

    /// <param name="IsInFront">Before all other words, as in OOO X.</param>
    private readonly record struct Form(int Concept, string Text, bool IsInFront)
    {
        /// <summary>INC. and CORP. are one kind of form and two names: another company may have the other.</summary>
        public bool IsWritingOf(Form other)
        {
            string mine = Text.Replace(" ", "", StringComparison.Ordinal), theirs = other.Text.Replace(" ", "", StringComparison.Ordinal);
            return IsInFront == other.IsInFront && (mine == theirs || (Concept == other.Concept && (Abbreviates(mine, theirs) || Abbreviates(theirs, mine))));
        }
    }

    private readonly record struct Item(string Text, UnitKind Kind, int Concept)
    {
        private const int ShortestWord = 4, LongestWord = 64;

        public bool IsNoise => Kind == UnitKind.Noise;

        /// <summary>A word of the company's own, or of its trade: PUMA BIOTECHNOLOGY is no part of PUMA.</summary>
        public bool IsOwn => Kind is UnitKind.Plain or UnitKind.Domain or UnitKind.Body;

        public bool IsFiller => Text is "and" or "the";

        /// <summary>A plural, one slip, or an abbreviation of the same word; never another number or initial.</summary>
        public bool IsSpellingOf(Item other)
        {
            if (Kind == UnitKind.Number || other.Kind == UnitKind.Number || Text.Any(char.IsAsciiDigit) || other.Text.Any(char.IsAsciiDigit)) return false;
            if (Concept >= 0 && Concept == other.Concept && (Abbreviates(Text, other.Text) || Abbreviates(other.Text, Text))) return true;
            return Math.Min(Text.Length, other.Text.Length) >= ShortestWord && Math.Max(Text.Length, other.Text.Length) <= LongestWord && WordSimilarity.Edits(Text, other.Text) <= 1;
        }
    }
}
