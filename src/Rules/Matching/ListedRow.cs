namespace Risk.Rules.Matching;

/// <summary>A listed name as the index holds it: whole, or cut where vendor files cut names.</summary>
/// <param name="NameIndex">The listed name.</param>
/// <param name="Cut">0 for the whole name.</param>
internal readonly record struct ListedRow(int NameIndex, int Cut)
{
    /// <summary>Name fields of common ERP systems: 35 characters (EDIFACT, SAP NAME1 of old), 40 (SAP).</summary>
    private static readonly int[] Cuts = [35, 40];

    public static ListedRow[] Of(IReadOnlyList<ListedName> names)
    {
        var rows = new List<ListedRow>(names.Count + (names.Count / 4));
        for (int i = 0; i < names.Count; i++) rows.Add(new ListedRow(i, 0));
        foreach (int cut in Cuts)
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (names[i].Kind == PartyKind.Organization && names[i].Name.Length > cut) rows.Add(new ListedRow(i, cut));
            }
        }

        return [.. rows];
    }

    public ReadOnlySpan<char> TextOf(IReadOnlyList<ListedName> names) => Cut == 0 ? names[NameIndex].Name : names[NameIndex].Name.AsSpan(0, Cut).TrimEnd();
}
