using Risk.Connectors.Sdk;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Directors as the list of officers has them; members of a partnership and of a management organ count as such. Pure.</summary>
/// <param name="Left">Days on which directors left, oldest first, those of the past only.</param>
/// <param name="Joined">Days on which directors joined, oldest first; those from before 1992 have none.</param>
internal sealed record RegisterBoard(int Serving, IReadOnlyList<DateOnly> Left, IReadOnlyList<DateOnly> Joined)
{
    /// <summary>Roles that decide for the company; any of them may be held by a firm (<c>corporate-</c>) or for another (<c>nominee-</c>).</summary>
    private static readonly HashSet<string> Directing = new(StringComparer.Ordinal)
    {
        "director", "llp-member", "llp-designated-member", "member-of-a-management-organ", "member-of-an-administrative-organ", "manager-of-an-eeig", "cic-manager", "managing-officer",
        "general-partner-in-a-limited-partnership",
    };

    /// <summary>Roles that keep the books, supervise, give money, or come with a case.</summary>
    private static readonly HashSet<string> Others = new(StringComparer.Ordinal)
    {
        "secretary", "member-of-a-supervisory-organ", "limited-partner-in-a-limited-partnership", "judicial-factor", "receiver-and-manager", "person-authorised-to-accept", "person-authorised-to-represent",
        "person-authorised-to-represent-and-accept",
    };

    public static RegisterBoard Read(string number, IEnumerable<OfficerRecord> officers, DateOnly today, FetchAudit audit)
    {
        int serving = 0;
        var left = new List<DateOnly>();
        var joined = new List<DateOnly>();
        foreach (OfficerRecord officer in officers)
        {
            string role = RoleOf(officer);
            if (Others.Contains(role)) continue;
            if (!Directing.Contains(role))
            {
                audit.Reject(number, "officer with a role that is not known");
                continue;
            }

            if (officer.ResignedOn is null) serving++;
            else if (RegisterDate.Parse(officer.ResignedOn) is not { } gone) audit.Reject(number, "officer whose resigned_on is no date");
            else if (gone <= today) left.Add(gone);
            else serving++;
            if (RegisterDate.Parse(officer.AppointedOn) is { } came && came <= today) joined.Add(came);
        }

        left.Sort();
        joined.Sort();
        return new RegisterBoard(serving, left, joined);
    }

    private static string RoleOf(OfficerRecord officer)
    {
        string role = officer.OfficerRole ?? "";
        foreach (string prefix in (string[])["corporate-", "nominee-"])
        {
            if (role.StartsWith(prefix, StringComparison.Ordinal)) role = role[prefix.Length..];
        }

        return role;
    }
}
