using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Identity;

/// <summary>Decides which entries of a register a supplier may be. Pure; equal inputs give equal results.</summary>
/// <remarks>Identifiers decide first; then names, held back by country, state and by namesakes. Nothing is ever chosen: a verdict is advice to a person.</remarks>
public static class IdentityResolver
{
    /// <summary>Words that a name without a legal form must have to be more than a hint.</summary>
    private const int WordsOfName = 2;

    /// <summary>Orders the entries, the likeliest first, and gives each its verdict; entries that have nothing to do with the name are left out.</summary>
    public static ImmutableArray<IdentityCandidate> Rank(IdentityQuestion question, IReadOnlyCollection<RegisteredEntity> entities)
    {
        if (entities.Count == 0) return [];
        RegisteredEntity[] all = [.. entities];
        var listed = new List<ListedName>(all.Length);
        for (int i = 0; i < all.Length; i++)
        {
            string id = i.ToString(CultureInfo.InvariantCulture);
            listed.AddRange(all[i].Names.Select(n => new ListedName(id, n.Text, NameStrength.Primary, PartyKind.Organization, "", "")));
        }

        ScreeningIndex index = ScreeningIndex.Build(listed);
        var searcher = new NameSearcher(index);
        var hits = new ScreeningHit[Math.Min(all.Length, 48)];
        var scores = new double[all.Length];
        foreach (string name in question.OtherNames.Prepend(question.Name))
        {
            int count = searcher.Search(new ScreeningQuery(name), 0, hits);
            foreach (ScreeningHit hit in hits.AsSpan(0, count))
            {
                int entity = int.Parse(index.Names[hit.NameIndex].EntityId, CultureInfo.InvariantCulture);
                scores[entity] = Math.Max(scores[entity], hit.Score);
            }
        }

        return Rank(question, [.. all.Select((entity, i) => (entity, scores[i]))]);
    }

    /// <inheritdoc cref="Rank(IdentityQuestion, IReadOnlyCollection{RegisteredEntity})"/>
    /// <param name="entities">With their likeness, 0 to 1, from an index that is at hand.</param>
    public static ImmutableArray<IdentityCandidate> Rank(IdentityQuestion question, IReadOnlyCollection<(RegisteredEntity Entity, double Score)> entities)
    {
        ComparedName own = ComparedName.Of(question.Name);
        ComparedName[] others = [.. question.OtherNames.Select(ComparedName.Of)];
        Found[] found =
        [
            .. entities.Select(e => Compare(question, own, others, e.Entity, e.Score)).Where(f => f.Relation != NameRelation.Different || f.SameIdentifier.Length > 0)
                .OrderByDescending(f => f.SameIdentifier.Length > 0).ThenBy(f => f.Relation).ThenBy(f => f.Hindrances).ThenByDescending(f => f.Score)
                .ThenBy(f => f.Entity.LegalName, StringComparer.Ordinal).ThenBy(f => string.Join(' ', f.Entity.Identifiers.Values), StringComparer.Ordinal),
        ];
        return [.. found.Select((f, i) => Judge(question, f, found, i)).OrderByDescending(c => c.Verdict)];
    }

    private static Found Compare(IdentityQuestion question, ComparedName own, ComparedName[] others, RegisteredEntity entity, double score)
    {
        (NameRelation Relation, ComparedName Mine, RegisteredName Theirs, ComparedName Read) best = (NameRelation.Different, own, entity.Names[0], ComparedName.Of(entity.LegalName));
        foreach (RegisteredName name in entity.Names)
        {
            ComparedName read = ComparedName.Of(name.Text);
            foreach (ComparedName mine in others.Prepend(own))
            {
                NameRelation relation = mine.To(read);
                if (relation < best.Relation) best = (relation, mine, name, read);
            }
        }

        string same = question.Identifiers.FirstOrDefault(mine => entity.Identifier(mine.Key) == mine.Value).Key ?? "";
        string contradicted = question.Identifiers.FirstOrDefault(mine => mine.Key != IdentifierScheme.Ticker && entity.Identifier(mine.Key) is { Length: > 0 } theirs && theirs != mine.Value).Key ?? "";
        bool? country = question.Country.Length == 0 || entity.Country.Length == 0 ? null : question.Country == entity.Country;
        bool city = question.City.Length > 0 && entity.City.Length > 0 && ComparedName.Of(question.City).Words == ComparedName.Of(entity.City).Words;
        return new Found(entity, best.Relation, best.Mine, best.Theirs, best.Read, score, same, contradicted, country, city, !ReferenceEquals(best.Mine, own));
    }

    private static IdentityCandidate Judge(IdentityQuestion question, Found f, Found[] all, int at)
    {
        var reasons = new List<string>();
        IdentityVerdict verdict;
        if (f.SameIdentifier.Length > 0)
        {
            bool named = f.Relation < NameRelation.Similar;
            verdict = named ? IdentityVerdict.Confirmed : IdentityVerdict.Ambiguous;
            reasons.Add($"the same {f.SameIdentifier} {question.Identifiers[f.SameIdentifier]}{(named ? "" : ", but the names differ: it may have been renamed, or given to another")}");
        }
        else
        {
            verdict = OfName(f, reasons);
        }

        if (f.SameIdentifier.Length == 0) verdict = Limit(verdict, Namesakes(f, all, reasons));
        verdict = Limit(verdict, Circumstances(question, f, reasons));
        reasons.AddRange(Remarks(f));
        double next = all.Where((_, i) => i != at).Select(o => o.Score).DefaultIfEmpty(0).Max();
        return new IdentityCandidate(f.Entity, verdict, f.Relation, f.Theirs, Math.Round(f.Score, 3), Math.Round(f.Score - next, 3), [.. reasons]);
    }

    private static IdentityVerdict OfName(Found f, List<string> reasons)
    {
        string difference = f.Mine.Difference(f.Read), forms = $"{Shown(f.Mine.FormText)} / {Shown(f.Read.FormText)}";
        (IdentityVerdict verdict, string reason) = f.Relation switch
        {
            NameRelation.Same when f.Mine.IsShortWord && !f.City => (IdentityVerdict.Likely, $"the full name is the same, legal form {Shown(f.Read.FormText)} too; it is one short word"),
            NameRelation.Same => (IdentityVerdict.Confirmed, $"the full name is the same, legal form {Shown(f.Read.FormText)} too"),
            NameRelation.SameWithoutForm when f.Mine.TellingWords >= WordsOfName => (IdentityVerdict.Likely, "the name is the same; neither states a legal form"),
            NameRelation.SameWithoutForm => (IdentityVerdict.Ambiguous, "the same single word without a legal form: others may have it too"),
            NameRelation.OtherSpelling => (IdentityVerdict.Likely, $"another spelling ({difference})"),
            NameRelation.FormMissing when f.City => (IdentityVerdict.Likely, $"the same words and city; the legal form is missing in one ({forms})"),
            NameRelation.FormMissing => (IdentityVerdict.Ambiguous, $"the same words; the legal form is missing in one ({forms})"),
            NameRelation.OtherForm => (IdentityVerdict.Ambiguous, $"the same words, another legal form ({forms}): a sister, or its form changed"),
            NameRelation.Sister => (IdentityVerdict.Ambiguous, $"the same distinctive words ({difference}): a sister, or a shorter way to say it"),
            NameRelation.Similar => (IdentityVerdict.Ambiguous, $"similar ({difference}), too little to tell"),
            _ => (IdentityVerdict.None, "the names differ"),
        };
        reasons.Add(reason);
        return verdict;
    }

    /// <summary>Another entry that is as close makes both ambiguous; one that has ended does not.</summary>
    private static IdentityVerdict Namesakes(Found f, Found[] all, List<string> reasons)
    {
        Found[] rivals = [.. all.Where(o => !ReferenceEquals(o, f) && o.Country != false && o.Contradicted.Length == 0)];
        if (f.Relation is NameRelation.Same or NameRelation.SameWithoutForm or NameRelation.OtherSpelling)
        {
            Found[] equal = [.. rivals.Where(o => o.Relation <= f.Relation && (o.Hindrances <= f.Hindrances))];
            if (equal.Length > 0)
            {
                reasons.Add($"{(f.Relation == NameRelation.OtherSpelling ? "another entry is as close or closer" : "a namesake")}: {Listed(equal)}");
                return IdentityVerdict.Ambiguous;
            }
        }

        Found[] formerly = [.. rivals.Where(o => f.Relation <= NameRelation.SameWithoutForm && o.Relation <= NameRelation.SameWithoutForm && o.IsOtherName && !f.IsOtherName)];
        if (formerly.Length > 0)
        {
            reasons.Add($"it is also another name of {Listed(formerly)}");
            return IdentityVerdict.Likely;
        }

        Found[] sisters = [.. rivals.Where(o => o.Relation is NameRelation.FormMissing or NameRelation.OtherForm)];
        if (sisters.Length == 0 || f.Relation > NameRelation.SameWithoutForm) return IdentityVerdict.Confirmed;
        reasons.Add($"beside it: {Listed(sisters)}");
        return f.Relation == NameRelation.SameWithoutForm ? IdentityVerdict.Ambiguous : IdentityVerdict.Confirmed;
    }

    private static IdentityVerdict Circumstances(IdentityQuestion question, Found f, List<string> reasons)
    {
        IdentityVerdict limit = IdentityVerdict.Confirmed;
        if (f.Contradicted.Length > 0) To(IdentityVerdict.None, $"its {f.Contradicted} is {f.Entity.Identifier(f.Contradicted)}, the supplier's is {question.Identifiers[f.Contradicted]}");
        if (f.Country == false) To(IdentityVerdict.Ambiguous, $"country differs: {question.Country} / {f.Entity.Country}");
        if (f.Country is null && f.SameIdentifier.Length == 0) To(IdentityVerdict.Likely, question.Country.Length == 0 ? "the supplier's country is not known" : "the register states no country");
        if (f.Entity.State == RegisteredState.Ended) To(f.SameIdentifier.Length > 0 ? IdentityVerdict.Confirmed : IdentityVerdict.Likely, $"no longer there: {f.Entity.StateText}");
        if (f.Entity.State == RegisteredState.Void) To(IdentityVerdict.Ambiguous, $"the entry is void: {f.Entity.StateText}");
        if (f.Entity.Dependence.Length > 0) To(IdentityVerdict.Ambiguous, f.Entity.Dependence);
        if (f.ThroughAlias && f.SameIdentifier.Length == 0) To(IdentityVerdict.Likely, $"by the supplier's other name {f.Mine.Text}");
        if (f.IsOtherName && f.SameIdentifier.Length == 0)
            To(IdentityVerdict.Likely, $"by its {(f.Theirs.Kind == RegisteredNameKind.Former ? "former" : "trading")} name {f.Theirs.Text}");
        return limit;

        void To(IdentityVerdict most, string reason)
        {
            limit = Limit(limit, most);
            reasons.Add(reason);
        }
    }

    private static IEnumerable<string> Remarks(Found f)
    {
        if (f.Country == true) yield return $"country agrees: {f.Entity.Country}";
        if (f.City) yield return $"city agrees: {f.Entity.City}";
        if (f.Entity.State == RegisteredState.Active && f.Entity.StateText.Length > 0) yield return f.Entity.StateText;
        if (f.Entity.Remark.Length > 0) yield return f.Entity.Remark;
    }

    private static IdentityVerdict Limit(IdentityVerdict verdict, IdentityVerdict most) => verdict < most ? verdict : most;

    private static string Listed(Found[] found)
    {
        const int Shown = 3;
        string names = string.Join(", ", found.Take(Shown).Select(o => $"{o.Entity.LegalName} ({string.Join(' ', o.Entity.Identifiers.Values)})"));
        return found.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $"{names} and {found.Length - Shown} more") : names;
    }

    private static string Shown(string form) => form.Length == 0 ? "none" : form.ToUpperInvariant();

    private sealed record Found(
        RegisteredEntity Entity, NameRelation Relation, ComparedName Mine, RegisteredName Theirs, ComparedName Read, double Score, string SameIdentifier, string Contradicted, bool? Country, bool City, bool ThroughAlias)
    {
        /// <summary>Found by a former or a trading name.</summary>
        public bool IsOtherName => Theirs.Kind is RegisteredNameKind.Former or RegisteredNameKind.Trading;

        /// <summary>What speaks against the entry beside its name: of two namesakes the one with fewer comes first.</summary>
        public int Hindrances { get; } = (Theirs.Kind is RegisteredNameKind.Former or RegisteredNameKind.Trading ? 1 : 0) + (Contradicted.Length > 0 ? 8 : 0) + (Country == false ? 4 : 0) + (Entity.State == RegisteredState.Void ? 2 : Entity.State == RegisteredState.Ended ? 1 : 0) + (Entity.Dependence.Length > 0 ? 2 : 0);
    }
}
