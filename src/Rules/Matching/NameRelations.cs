namespace Risk.Rules.Matching;

/// <summary>How the legal forms, numbers and places of a name, or a part of it, stand to those of a listed name.</summary>
/// <param name="mask">Bit by unit: which of the name's units belong to the part.</param>
internal readonly struct NameRelations(ScreeningIndex index, QueryProfile query, uint mask)
{
    /// <summary>3 the same form, 2 another of its class, 1 one of them has none, 0 both have and they differ.</summary>
    public (float Relation, float Bits) LegalForm(int name)
    {
        float bits = 0;
        ulong forms = 0;
        uint classes = 0;
        for (int q = 0; q < query.Count; q++)
        {
            if (query.Unit(q).Kind != UnitKind.LegalForm || !IsIn(q)) continue;
            (ulong form, uint formClass) = LegalFormBits.Of(index.Lexicon.Concepts[query.Unit(q).Concept]);
            forms |= form;
            classes |= formClass;
            if ((form & index.LegalForms(name)) != 0) bits = Math.Max(bits, UnitWeight.Bits(ConceptShares.Of(query.Unit(q).Concept)));
        }

        if ((forms & index.LegalForms(name)) != 0 || (forms == 0 && index.LegalForms(name) == 0)) return (3, bits);
        classes &= ~LegalFormBits.Unspecific;
        uint listed = index.LegalClasses(name) & ~LegalFormBits.Unspecific;
        return ((classes & listed) != 0 ? 2 : classes == 0 || listed == 0 ? 1 : 0, 0);
    }

    /// <summary>2 the name has a form of the listed party's country, 1 neither is known, 0 a form of other countries.</summary>
    public float FormCountry(int name)
    {
        float relation = 1;
        for (int q = 0; q < query.Count; q++)
        {
            if (query.Unit(q).Kind != UnitKind.LegalForm || !IsIn(q) || index.IsOfCountry(query.Unit(q).Concept, name) is not { } agrees) continue;
            if (agrees) return 2;
            relation = 0;
        }

        return relation;
    }

    /// <summary>2 the same numbers or none, 1 a number on one side only, 0 other numbers.</summary>
    public float Numbers(ReadOnlySpan<int> listed, ulong queryTaken, ulong listedTaken) => (HasLeft(UnitKind.Number, queryTaken), HasLeft(listed, UnitKind.Number, listedTaken)) switch
    {
        (true, true) => 0,
        (false, false) => 2,
        _ => 1,
    };

    /// <summary>3 the same places or none, 2 one more in the name, 1 one more in the listed name, 0 other places: sisters of one group.</summary>
    public float Places(ReadOnlySpan<int> listed, ulong queryTaken, ulong listedTaken) => (HasLeft(UnitKind.Place, queryTaken), HasLeft(listed, UnitKind.Place, listedTaken)) switch
    {
        (true, true) => 0,
        (false, true) => 1,
        (true, false) => 2,
        _ => 3,
    };

    private bool IsIn(int unit) => (mask & (1u << unit)) != 0;

    private bool HasLeft(UnitKind kind, ulong taken)
    {
        for (int q = 0; q < query.Count; q++)
        {
            if (IsIn(q) && query.Unit(q).Kind == kind && (taken & (1UL << q)) == 0) return true;
        }

        return false;
    }

    private bool HasLeft(ReadOnlySpan<int> listed, UnitKind kind, ulong taken)
    {
        for (int t = 0; t < listed.Length; t++)
        {
            if (index.Kind(listed[t]) == kind && (taken & (1UL << t)) == 0) return true;
        }

        return false;
    }
}
