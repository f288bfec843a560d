using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Matching;

public enum MentionStrength
{
    /// <summary>A name that others have too, and one further thing that fits.</summary>
    Possible,

    /// <summary>The name is one that nobody else is likely to have, or stands there with its legal form.</summary>
    Sure,
}

/// <summary>A company that a sentence names.</summary>
/// <param name="Words">As the sentence has them.</param>
/// <param name="Because">In words: why it is taken for this company.</param>
public sealed record NameMention(SupplierId Supplier, string Words, MentionStrength Strength, string Because);

/// <summary>Finds which companies of a portfolio a sentence names.</summary>
/// <remarks>
/// Only whole names count, legal form left aside and the endings that are in every second name (<c>Celadon</c> for <c>Celadon Group, Inc.</c>), with the capitals that names have.
/// A name of ordinary or common words (<c>Target</c>, <c>Sanford</c>) needs a second field in the same sentence: its legal form, ticker, country, category or product. Of names that
/// overlap the longest counts. Immutable; safe for all threads.
/// </remarks>
public sealed class NameMentions
{
    /// <summary>A word that one company in a thousand has says which company it is.</summary>
    private const float RareWordBits = 10;

    private const int ShortestRareWord = 4, ShortestContextWord = 4, LongWord = 8, LongestCountry = 3;

    /// <summary>Above this share of capitals a sentence is in title case, where capitals say nothing.</summary>
    private const double TitleCase = 0.7;

    private readonly Dictionary<string, List<Form>> forms = new(StringComparer.Ordinal);
    private readonly int longest;

    public NameMentions(IEnumerable<Supplier> suppliers)
    {
        foreach (Supplier supplier in suppliers)
        {
            var company = new Company(supplier);
            foreach (string name in supplier.Aliases.Prepend(supplier.Name)) Add(company, name);
        }

        longest = forms.Count == 0 ? 0 : forms.Keys.Max(f => f.Length);
    }

    /// <summary>One mention for each supplier, the surest, by place in the sentence.</summary>
    public ImmutableArray<NameMention> Find(string sentence)
    {
        ImmutableArray<SentenceWord> words = Sentence.Read(sentence);
        var found = new Dictionary<SupplierId, NameMention>();
        bool isTitleCase = words.Length > 3 && words.Count(w => w.IsCapital) >= TitleCase * words.Length;
        for (int start = 0; start < words.Length;)
        {
            (List<Form> Forms, int Taken)? match = Longest(words, start);
            if (match is not { } here)
            {
                start++;
                continue;
            }

            bool isOfSeveral = here.Forms.Select(f => f.Company.Supplier.Id).Distinct().Count() > 1;
            foreach (Form form in here.Forms)
            {
                if (Judge(form, sentence, words, start, here.Taken, isTitleCase, isOfSeveral) is not ({ } strength, var because)) continue;
                var mention = new NameMention(form.Company.Supplier.Id, sentence[words[start].Start..words[start + here.Taken - 1].End], strength, because);
                if (!found.TryGetValue(mention.Supplier, out NameMention? known) || known.Strength < strength) found[mention.Supplier] = mention;
            }

            start += here.Taken;
        }

        return [.. found.Values];
    }

    /// <summary>
    /// How a search engine is asked for the company: by the beginning of its name that says which company it is (<c>Celadon</c> for <c>Celadon Group, Inc.</c>, <c>Caris Life</c> for <c>Caris Life
    /// Sciences</c>), as it is spelt; "" when nothing is left that does. Whatever names the company holds it.
    /// </summary>
    public static string SearchName(string name)
    {
        NameWords read = NameWords.Read(name);
        return read.Full.Length == 0 ? "" : read.SpeltOut(name, read.ShortestTelling());
    }

    private void Add(Company company, string name)
    {
        NameWords read = NameWords.Read(name);
        if (read.Full.Length == 0) return;
        bool isCapital = name.Any(char.IsLetter) && !char.IsLower(name.First(char.IsLetter));
        foreach ((string letters, int units, int words, bool isRare, bool isOrdinary) in read.Forms())
        {
            if (!forms.TryGetValue(letters, out List<Form>? of)) forms.Add(letters, of = []);
            if (!of.Any(f => f.Company.Supplier.Id == company.Supplier.Id)) of.Add(new Form(company, units, words, isRare, isOrdinary, isCapital));
        }
    }

    private (List<Form>, int)? Longest(ImmutableArray<SentenceWord> words, int start)
    {
        (List<Form>, int)? best = null;
        string letters = "";
        for (int i = start; i < words.Length && letters.Length < longest; i++)
        {
            letters += words[i].Letters;
            if (forms.TryGetValue(letters, out List<Form>? of)) best = (of, i - start + 1);
        }

        return best;
    }

    private static (MentionStrength? Strength, string Because) Judge(Form form, string sentence, ImmutableArray<SentenceWord> words, int start, int taken, bool isTitleCase, bool isOfSeveral)
    {
        int end = start + taken;
        if (form.IsCapital && (!words[start].IsCapital || (taken > 1 && words[end - 1] is { IsCapital: false, Letters.Length: > 2 }))) return (null, "");
        // A word of the name that the sentence writes in pieces: "U . S . Steel" is one, "En av dem" is not.
        if (taken > form.Words && words[start..end].Any(w => w is { IsCapital: false, Letters.Length: > 1 } && !Sentence.IsUnspaced(w.Letters[0]))) return (null, "");
        bool hasLegalForm = end < words.Length && form.Company.LegalForms.Contains(words[end].Letters);
        bool isLonger = !hasLegalForm && form.Units == 1 && !isTitleCase && end < words.Length && words[end].Start == words[end - 1].End + 1 && IsName(sentence, words[end]);
        if (isLonger && form.IsRare) return (MentionStrength.Possible, "the name, perhaps as a part of a longer one");
        bool isSure = hasLegalForm || form.IsRare || (form.Units > 1 && !(form.IsOrdinary && isTitleCase));
        if (isSure && !isOfSeveral) return (MentionStrength.Sure, hasLegalForm ? "the name with its legal form" : "the name");
        for (int i = 0; i < words.Length; i++)
        {
            if ((i < start || i >= end) && IsContext(form.Company, words, i)) return (MentionStrength.Possible, $"a name that others may have, and {words[i].Letters}");
        }

        return isOfSeveral && isSure ? (MentionStrength.Possible, "several suppliers have the name") : (null, "");
    }

    /// <summary>Whether a word, or a country's name of several, says that the company may be meant.</summary>
    private static bool IsContext(Company company, ImmutableArray<SentenceWord> words, int at)
    {
        string letters = "";
        for (int i = at; i < Math.Min(at + LongestCountry, words.Length); i++)
        {
            letters += words[i].Letters;
            if (company.Context.Contains(Stem(letters))) return true;
        }

        return false;
    }

    /// <summary>A capital with small letters behind it, and no word that firms add to their names.</summary>
    private static bool IsName(string sentence, SentenceWord word) =>
        word.IsCapital && word.Letters.Length > 2 && char.IsUpper(sentence[word.Start]) && char.IsLower(sentence[word.Start + 1]) && NameLexicon.Default.ConceptOf(word.Letters, word.Letters) < 0;

    private static string Stem(string word) => word.Length > ShortestContextWord && word[^1] == 's' ? word[..^1] : word;

    /// <param name="Units">Words that count.</param>
    /// <param name="Words">All words, those between them too.</param>
    /// <param name="IsRare">A word in it says which company it is.</param>
    /// <param name="IsOrdinary">Each of its words is one of the language, and none says what firms are or make.</param>
    /// <param name="IsCapital">The portfolio writes it with a capital.</param>
    private sealed record Form(Company Company, int Units, int Words, bool IsRare, bool IsOrdinary, bool IsCapital);

    /// <summary>A supplier, and what may stand beside its name.</summary>
    private sealed class Company
    {
        public Company(Supplier supplier)
        {
            Supplier = supplier;
            IEnumerable<string> fields = supplier.Products.Append(supplier.Category);
            Context = [.. fields.SelectMany(text => Sentence.Read(text.Replace('_', ' '))).Select(w => w.Letters).Where(w => w.Length >= ShortestContextWord).Select(Stem)];

            // Of a country's name all words: "Seven States" is no sign of the United States.
            Context.Add(Stem(string.Concat(Sentence.Read(CountryName(supplier.Country)).Select(w => w.Letters))));
            Context.Remove("");
            Context.UnionWith(Sentence.Read(supplier.Identifier(IdentifierScheme.Ticker)).Select(w => w.Letters));
            LegalForms = [.. supplier.Aliases.Prepend(supplier.Name).SelectMany(name => NameWords.Read(name).LegalForms)];
        }

        public Supplier Supplier { get; }

        public HashSet<string> Context { get; }

        public HashSet<string> LegalForms { get; }

        private static string CountryName(string country)
        {
            try
            {
                return country.Length == 2 ? new RegionInfo(country).EnglishName : "";
            }
            catch (ArgumentException)
            {
                return "";
            }
        }
    }

    /// <summary>A name's words, and which of them count.</summary>
    private sealed class NameWords
    {
        private readonly List<(string Letters, NameUnit Unit)> units = [];

        /// <summary>The letters from the first to the last word that counts; "" when none does.</summary>
        public string Full { get; private init; } = "";

        public ImmutableArray<string> LegalForms { get; private init; } = [];

        public static NameWords Read(string name)
        {
            // In scripts without spaces the name is its characters; a legal form at its end is left to the user's aliases.
            if (name.Any(Sentence.IsUnspaced))
            {
                string characters = string.Concat(Sentence.Read(name).Select(w => w.Letters));
                var whole = new NameWords { Full = characters };
                whole.units.Add((characters, new NameUnit(UnitKind.Plain, -1, 0, 1)));
                return whole;
            }

            var tokens = new TokenizedName();
            NameFolder.Fold(name, tokens);
            Span<NameUnit> tagged = new NameUnit[TokenizedName.MaximumWords];
            tagged = tagged[..NameLexicon.Default.Tag(tokens, tagged)];
            int first = 0, last = tagged.Length - 1;
            while (first <= last && !tagged[first].Counts) first++;
            while (last >= first && !tagged[last].Counts) last--;
            var forms = ImmutableArray.CreateBuilder<string>();
            foreach (NameUnit unit in tagged)
            {
                if (unit.Kind == UnitKind.LegalForm) forms.Add(tokens.Word(unit.First).ToString());
            }

            var kept = new List<(string, NameUnit)>();
            for (int i = first; i <= last; i++)
            {
                string letters = "";
                for (int word = tagged[i].First; word < tagged[i].First + tagged[i].Words; word++) letters += tokens.Word(word).ToString();
                kept.Add((letters, tagged[i]));
            }

            var read = new NameWords { Full = string.Concat(kept.Select(k => k.Item1)), LegalForms = forms.ToImmutable() };
            read.units.AddRange(kept);
            return read;
        }

        /// <summary>The whole name, and the name without the general words at its end (Group, International, Technologies).</summary>
        public IEnumerable<(string Letters, int Units, int Words, bool IsRare, bool IsOrdinary)> Forms()
        {
            int length = units.Count;
            yield return Form(length);
            while (length > 1 && units[length - 1].Unit.Kind is UnitKind.Generic or UnitKind.Noise) length--;
            if (length < units.Count && units.Take(length).Any(u => u.Unit.IsDistinctive)) yield return Form(length);
        }

        /// <summary>The letters of the shortest form, or of the first words where one of them says which company it is; alone only where it is long, as brands are.</summary>
        public string ShortestTelling()
        {
            string shortest = Forms().Where(f => f.IsRare || (f.Units > 1 && !f.IsOrdinary)).Select(f => f.Letters).Append(Full).MinBy(l => l.Length)!;
            for (int length = 1; length < units.Count; length++)
            {
                (string letters, int counting, _, bool isRare, _) = Form(length);
                if (isRare && (counting > 1 || letters.Length >= LongWord)) return letters.Length < shortest.Length ? letters : shortest;
            }

            return shortest;
        }

        /// <summary>The form as the name has it.</summary>
        public string SpeltOut(string name, string form)
        {
            ImmutableArray<SentenceWord> words = Sentence.Read(name);
            for (int start = 0; start < words.Length; start++)
            {
                string letters = "";
                for (int i = start; i < words.Length && letters.Length < form.Length; i++)
                {
                    letters += words[i].Letters;
                    if (letters == form) return name[words[start].Start..words[i].End];
                }
            }

            return name;
        }

        private (string, int, int, bool, bool) Form(int length)
        {
            (string Letters, NameUnit Unit)[] kept = [.. units.Take(length).Where(u => u.Unit.Counts)];
            bool isRare = kept.Any(u => u.Unit.Kind == UnitKind.Plain && IsRare(u.Letters)), isOrdinary = kept.All(u => u.Unit.Kind == UnitKind.Plain && BackgroundWords.IsOrdinary(u.Letters));
            return (string.Concat(units.Take(length).Select(u => u.Letters)), kept.Length, units.Take(length).Sum(u => u.Unit.Words), isRare, isOrdinary);
        }

        private static bool IsRare(string word) => Sentence.IsUnspaced(word[0])
            ? word.Length >= 3
            : BackgroundWords.IsBrand(word) || (word.Length >= ShortestRareWord && !BackgroundWords.IsOrdinary(word) && UnitWeight.Bits(BackgroundWords.Share(word)) >= RareWordBits);
    }
}
