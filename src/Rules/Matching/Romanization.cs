using System.Globalization;
using System.Text;

namespace Risk.Rules.Matching;

/// <summary>Any character as lower-case ASCII letters and digits, by one convention for each script; <see cref="SpellingSkeleton"/> makes the other conventions meet it.</summary>
/// <remarks>
/// Latin by compatibility decomposition; Cyrillic (Russian, Ukrainian, Belarusian, Serbian, Kazakh) after BGN/PCGN without its marks; Greek after ELOT 743; Hebrew and Arabic
/// letter by letter, short vowels are not written there; Kana after Hepburn; Hangul after the Revised Romanization without its sound changes. Han is read by
/// <see cref="HanReader"/>. A character none of these know is one of a word: it is kept as it is, and so compares as equal to itself only.
/// </remarks>
internal static class Romanization
{
    private const int HangulFirst = 0xAC00;
    private const int HangulLast = 0xD7A3;
    private static readonly string[] HangulLeads = "g kk n d tt r m b pp s ss - j jj ch k t p h".Replace("-", "", StringComparison.Ordinal).Split(' ');
    private static readonly string[] HangulVowels = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".Split(' ');
    private static readonly string[] HangulTails = ["", .. "k k k n n n t l l l l l l l l m p p t t ng t t k t p t".Split(' ')];

    /// <summary>Pairs of a letter and its spelling, by script.</summary>
    private static readonly string[] Spellings =
    [
        "ß ss æ ae œ oe ø o ł l đ d ð d þ th ı i ħ h ŧ t ŋ ng ə a ĸ k ſ s ɓ b ɗ d ƙ k ƴ y ʻ - ʼ - ʹ -",
        "а a б b в v г g ґ g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya",
        "і i ї yi є ye ў u ј j љ lj њ nj ћ c ђ dj џ dz ѓ g ќ k ѕ dz ѣ e ѳ f ѵ i қ k ғ g ң n ө o ұ u ү u һ h ә a ҳ kh ҷ j ӣ i ӯ u",
        "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o",
        "א a ב b ג g ד d ה h ו v ז z ח h ט t י y כ k ך k ל l מ m ם m נ n ן n ס s ע a פ p ף f צ ts ץ ts ק k ר r ש sh ת t",
        "ا a أ a إ i آ a ء - ئ i ؤ u ب b ت t ث th ج j ح h خ kh د d ذ dh ر r ز z س s ش sh ص s ض d ط t ظ z ع a غ gh ف f ق q ك k ک k ل l م m ن n ه h ة a و u ي i ی i ى a پ p چ ch ژ zh گ g ٹ t ڈ d ڑ r ے e ں n ھ h",
        "ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko ガ ga ギ gi グ gu ゲ ge ゴ go サ sa シ shi ス su セ se ソ so ザ za ジ ji ズ zu ゼ ze ゾ zo タ ta チ chi ツ tsu テ te ト to ダ da ヂ ji ヅ zu デ de ド do",
        "ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo ラ ra リ ri ル ru レ re ロ ro ワ wa ヰ i ヱ e ヲ o ン n ヴ vu",
        "ァ a ィ i ゥ u ェ e ォ o ャ ya ュ yu ョ yo ッ - ー -",
    ];

    private static readonly string?[] Known = Table();

    /// <summary>The spelling of a character: "" for marks, apostrophes and format characters, null where a word ends.</summary>
    public static string? Letters(char character)
    {
        // Two threads may both fill an entry: they write equal values.
        string known = Known[character] ??= Spell(character);
        return known == " " ? null : known;
    }

    /// <summary>Whether the script writes no short vowels, so that only consonants can be compared.</summary>
    public static bool IsAbjad(char character) => character is >= '\u0590' and <= '\u06FF' or >= '\u0750' and <= '\u077F' or >= '\uFB1D' and <= '\uFDFF' or >= '\uFE70' and <= '\uFEFC';

    private static string Spell(char character)
    {
        if (char.IsSurrogate(character)) return " ";
        if (character is >= (char)HangulFirst and <= (char)HangulLast) return Hangul(character - HangulFirst);
        switch (CharUnicodeInfo.GetUnicodeCategory(character))
        {
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format:
                return "";
            case UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse:
                return " ";
        }

        char lowered = char.ToLowerInvariant(character);
        if (lowered != character) return Letters(lowered) ?? " ";
        if (character is '\'' or '’' or '‘' or '`' or '´' or 'ʼ' or 'ʻ' or '′') return "";
        if (character == '&') return " ";
        string decomposed = character.ToString().Normalize(NormalizationForm.FormKD);
        var spelling = new StringBuilder();
        bool isSilent = false;
        foreach (char part in decomposed)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(part) == UnicodeCategory.NonSpacingMark) continue;
            char lower = char.ToLowerInvariant(part);
            if ((part != character || lower != character) && lower > '\u007F')
            {
                string? letters = Letters(lower);
                isSilent |= letters?.Length == 0;
                spelling.Append(letters);
            }
            else if (char.IsLetterOrDigit(part)) spelling.Append(lower);
        }

        return spelling.Length == 0 && !isSilent ? " " : spelling.ToString();
    }

    private static string Hangul(int index) => HangulLeads[index / 588] + HangulVowels[index % 588 / 28] + HangulTails[index % 28];

    private static string?[] Table()
    {
        var table = new string?[char.MaxValue + 1];
        foreach (string[] words in Spellings.Select(script => script.Split(' ')))
        {
            for (int i = 0; i < words.Length; i += 2)
            {
                char letter = words[i][0];
                string spelling = words[i + 1] == "-" ? "" : words[i + 1];
                table[letter] = spelling;

                // Hiragana lies 0x60 below Katakana.
                if (letter is >= 'ァ' and <= 'ヴ') table[letter - 0x60] = spelling;
            }
        }

        return table;
    }
}
