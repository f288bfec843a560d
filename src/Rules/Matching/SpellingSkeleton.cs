namespace Risk.Rules.Matching;

/// <summary>What is left of a word when the differences between romanisations and between common spellings are taken out.</summary>
/// <remarks>
/// <c>tsentralnyi</c>, <c>centralny</c> and <c>tcentralnyj</c> have one skeleton, and so have <c>Mashinostroyeniya</c> and <c>mashinostroenija</c>. It is a key for
/// finding and a yardstick for comparing, not a spelling to show.
/// </remarks>
internal static class SpellingSkeleton
{
    /// <summary>Writes the skeleton of a folded word; returns its length, which is at most that of the word plus its count of x.</summary>
    /// <param name="word">Lower-case, as <see cref="NameFolder"/> gives it.</param>
    /// <param name="skeleton">At least twice as long as the word.</param>
    public static int Write(ReadOnlySpan<char> word, Span<char> skeleton)
    {
        if (word.Length <= 2)
        {
            // Scraps are what they are: QC is not K.
            word.CopyTo(skeleton);
            return word.Length;
        }

        int length = 0;
        bool figures = HasMoreLettersThanDigits(word);
        for (int i = 0; i < word.Length;)
        {
            ReadOnlySpan<char> rest = word[i..];
            (int taken, char letter, char second) = Sound(rest, length > 0 ? skeleton[length - 1] : '\0', figures);
            i += taken;
            if (letter != '\0') Append(skeleton, ref length, letter);
            if (second != '\0') Append(skeleton, ref length, second);
        }

        // Endings: -ov and -off, -ah and -a.
        if (length > 3 && skeleton[length - 1] == 'f') skeleton[length - 1] = 'v';
        if (length > 3 && skeleton[length - 1] == 'h' && IsVowel(skeleton[length - 2])) length--;
        return length;
    }

    public static string Of(ReadOnlySpan<char> word)
    {
        Span<char> buffer = word.Length <= 128 ? stackalloc char[256] : new char[word.Length * 2];
        return new string(buffer[..Write(word, buffer)]);
    }

    private static bool HasMoreLettersThanDigits(ReadOnlySpan<char> word)
    {
        int digits = 0;
        foreach (char c in word) digits += char.IsAsciiDigit(c) ? 1 : 0;
        return digits > 0 && digits * 2 < word.Length;
    }

    /// <summary>Doubled letters are one; <c>ie</c> is <c>e</c>.</summary>
    private static void Append(Span<char> skeleton, ref int length, char letter)
    {
        if (length > 0 && skeleton[length - 1] == letter) return;
        if (letter == 'e' && length > 1 && skeleton[length - 1] == 'i') length--;
        if (length > 0 && skeleton[length - 1] == letter) return;
        skeleton[length++] = letter;
    }

    /// <summary>The next sound: how many letters it takes, and one or two letters for it.</summary>
    private static (int Taken, char First, char Second) Sound(ReadOnlySpan<char> rest, char before, bool figures)
    {
        char next = rest.Length > 1 ? rest[1] : '\0';
        switch (rest[0])
        {
            case 's' when rest.StartsWith("shch"): return (4, 'S', '\0');
            case 's' when rest.StartsWith("sch"): return (3, 'S', '\0');
            case 's' when next == 'h': return (2, 'S', '\0');
            case 's' when next == 'c' && rest.Length > 2 && rest[2] == 'h': return (3, 'S', '\0');
            case 't' when rest.StartsWith("tch"): return (3, 'C', '\0');
            case 't' when next is 's' or 'z' or 'c': return (2, 'c', '\0');
            case 't' when next == 'h': return (2, 't', '\0');
            case 'c' when next == 'h': return (2, 'C', '\0');
            case 'c' when next is 'k' or 'q': return (2, 'k', '\0');
            case 'c' when next is 'e' or 'i' or 'y': return (1, 'c', '\0');
            case 'c' when next == 'z': return (2, 'C', '\0');
            case 'c': return (1, 'k', '\0');
            case 'k' when next == 'h': return (2, 'h', '\0');
            case 'k' when next == 's': return (2, 'k', 's');
            case 'g' when next == 'h': return (2, 'g', '\0');
            case 'z' when next == 'h': return (2, 'Z', '\0');
            case 'd' when rest.StartsWith("dzh"): return (3, 'i', '\0');
            case 'd' when next == 'j': return (2, 'i', '\0');
            case 'd' when next == 'h': return (2, 'd', '\0');
            case 'p' when next == 'h': return (2, 'f', '\0');
            case 'q' when next == 'u': return (2, 'k', '\0');
            case 'q': return (1, 'k', '\0');
            case 'x': return (1, 'k', 's');
            case 'w': return (1, 'v', '\0');
            case 'o' when next is 'u' or 'o': return (2, 'u', '\0');
            case 'e' when next is 'e': return (2, 'i', '\0');
            case 'y' or 'j' when next == 'o' && !IsVowel(before): return (2, 'e', '\0');
            case 'y' or 'j': return (1, 'i', '\0');
            case '0' when figures: return (1, 'o', '\0');
            case '1' when figures: return (1, 'l', '\0');
            case '5' when figures: return (1, 's', '\0');
            case '8' when figures: return (1, 'b', '\0');
            default: return (1, rest[0], '\0');
        }
    }

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';
}
