namespace Risk.Rules.Matching;

/// <summary>Splits a name into folded words: any script as lower-case ASCII, apostrophes and marks gone, punctuation as space, initials joined, <c>&amp;</c> as <c>and</c>.</summary>
internal static class NameFolder
{
    /// <summary>Characters of a name that are looked at. The longest listed name has under 400.</summary>
    public const int MaximumRead = 2000;

    /// <summary>Forms that no ordinary word begins or ends with.</summary>
    private static readonly string[] GluedForms = ["limited", "company", "ojsc", "cjsc", "pjsc", "gmbh", "jsc", "llc", "ltd", "ooo", "oao", "zao"];

    private const string ArabicArticle = "\u0627\u0644";

    /// <summary>Forms that are taken off a word when they alone are in capitals.</summary>
    private static readonly string[] CapitalForms = ["AG", "SA", "SE", "NV", "BV", "AB", "AS", "ASA", "OY", "OYJ", "KG", "PLC", "INC", "CO", "SPA", "SRL", "SRO", "KFT", "AO"];

    public static void Fold(ReadOnlySpan<char> name, TokenizedName into)
    {
        into.Clear();
        if (name.Length > MaximumRead) name = name[..MaximumRead];
        Span<char> word = stackalloc char[TokenizedName.MaximumLetters];
        var state = new State();
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (HanReader.Starts(c))
            {
                End(word, ref state, into, c);
                i += HanReader.Read(name[i..], into, state.Segment) - 1;
                continue;
            }

            if (state.Length >= 3 && char.IsUpper(c) && char.IsLower(name[i - 1]) && IsCapitalForm(name[i..])) End(word, ref state, into, c);
            if (state.Length == 0 && StartsWithArticle(name[i..]))
            {
                Whole("al", ref state, into);
                i += ArabicArticle.Length - 1;
                continue;
            }

            if (state.Length == 0) state.Script = Homoglyphs.ScriptOf(name[i..], state.Script);
            string? spelling = Romanization.Letters(Homoglyphs.In(state.Script, c));
            if (spelling is null)
            {
                End(word, ref state, into, c);
                state.HadDot |= c == '.';
                if (c == '&') Whole("and", ref state, into);
                else if (c is '(' or '[' or '{' or '（') state.Segment |= 1;
                else if (c is ')' or ']' or '}' or '）') state.Segment &= ~1;
                else if (c is '|' || (c == '/' && i > 0 && name[i - 1] == ' ' && i + 1 < name.Length && name[i + 1] == ' ')) state.Segment += 2;
                continue;
            }

            if (state.Length + spelling.Length > word.Length) End(word, ref state, into, c);
            spelling.CopyTo(word[state.Length..]);
            state.Length += spelling.Length;
            state.IsAbjad |= Romanization.IsAbjad(c);
        }

        End(word, ref state, into, '\0');
    }

    /// <summary>Arabic writes its article and the word behind it as one; romanised they are two.</summary>
    private static bool StartsWithArticle(ReadOnlySpan<char> rest)
    {
        const int ShortestWord = 3;
        return rest.StartsWith(ArabicArticle) && rest.Length >= ArabicArticle.Length + ShortestWord && !rest.Slice(ArabicArticle.Length, ShortestWord).ContainsAnyExceptInRange('\u0621', '\u06D3');
    }

    /// <summary>A form in capitals that ends its word: <c>SiemensAG</c>.</summary>
    private static bool IsCapitalForm(ReadOnlySpan<char> rest)
    {
        int length = 1;
        while (length < rest.Length && char.IsLetter(rest[length])) length++;
        ReadOnlySpan<char> end = rest[..length];
        foreach (string form in CapitalForms)
        {
            if (end.SequenceEqual(form)) return true;
        }

        return false;
    }

    /// <summary>Ends a word. Initials join when a dot stands between them or nothing but a space: <c>S.A.</c>, <c>A I</c>, but not <c>V L.P.</c>.</summary>
    private static void End(Span<char> word, ref State state, TokenizedName into, char terminator)
    {
        if (state.Length == 0) return;
        bool initial = state.Length == 1 && char.IsAsciiLetter(word[0]);
        bool joins = state.HadDot || terminator != '.';
        if (initial && joins && state.LastWasInitial && into.SegmentOf(into.Count - 1) == Math.Min(state.Segment, byte.MaxValue)) into.JoinToLast(word[0]);
        else state.LastWasInitial = AddSplit(word[..state.Length], state, into) && initial;
        state.Length = 0;
        state.IsAbjad = false;
        state.HadDot = false;
    }

    /// <summary>A legal form that lost its space is set free: <c>ARGONOOO</c>, <c>COMPANYASTEIS</c>.</summary>
    private static bool AddSplit(ReadOnlySpan<char> word, in State state, TokenizedName into)
    {
        const int ShortestName = 3;
        foreach (string form in GluedForms)
        {
            if (word.Length < form.Length + ShortestName) continue;
            bool behind = word.EndsWith(form), before = !behind && form != "ltd" && form != "limited" && word.StartsWith(form);
            if (!behind && !before) continue;
            int split = behind ? word.Length - form.Length : form.Length;
            return into.Add(word[..split], state.Segment, state.IsAbjad) && into.Add(word[split..], state.Segment, state.IsAbjad);
        }

        return into.Add(word, state.Segment, state.IsAbjad);
    }

    private static void Whole(ReadOnlySpan<char> word, ref State state, TokenizedName into)
    {
        into.Add(word, state.Segment, isAbjad: false);
        state.LastWasInitial = false;
    }

    private struct State
    {
        public int Length;
        public int Segment;
        public bool LastWasInitial;
        public bool IsAbjad;
        public bool HadDot;
        public WordScript Script;
    }
}
