using System.Collections.Immutable;
using System.Text.Json;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;
using Risk.Worker.Identity;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli;

/// <summary>What the identity commands write with <c>--json</c>.</summary>
internal static class IdentityJson
{
    public static string KindText(DuplicateKind kind) => kind switch
    {
        DuplicateKind.Identifier => "same identifier",
        DuplicateKind.Name => "same name",
        DuplicateKind.Spelling => "other spelling",
        DuplicateKind.FormMissing => "legal form missing",
        _ => "sisters",
    };

    public static void Write(Utf8JsonWriter json, IReadOnlyList<RegisterOutcome> outcomes, IReadOnlyList<SupplierFinding> findings)
    {
        json.WriteStartObject();
        json.WriteStartArray("registers");
        foreach (RegisterOutcome o in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("source", o.Source.Value);
            json.WriteString("scheme", o.Scheme);
            json.WriteNumber("suppliers", o.Findings.Length);
            json.WriteNumber("asked", o.Asked);
            json.WriteNumber("remembered", o.Remembered);
            json.WriteNumber("unchecked", o.Unchecked);
            json.WriteString("problem", o.Problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("suppliers");
        foreach (SupplierFinding f in findings)
        {
            json.WriteStartObject();
            json.WriteString("supplier", f.Supplier.Id.Value);
            json.WriteString("source", f.Source.Value);
            json.WriteString("scheme", f.Scheme);
            json.WriteString("verdict", f.IsChecked ? ReviewFile.VerdictText(f.Verdict) : "could not check");
            json.WriteString("problem", f.Problem);
            json.WriteStartArray("candidates");
            foreach (IdentityCandidate c in f.Candidates) Write(json, f.Scheme, c);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ReviewResult result)
    {
        json.WriteStartObject();
        json.WriteStartArray("decisions");
        foreach (IdentityDecision d in result.Decisions)
        {
            json.WriteStartObject();
            json.WriteString("supplier", d.Supplier.Value);
            json.WriteString("scheme", d.Scheme);
            json.WriteString("value", d.Value);
            json.WriteString("decision", d.Accepted ? "accept" : "reject");
            json.WriteString("by", d.By);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("changed");
        foreach (Supplier s in result.Changed) json.WriteStringValue(s.Id.Value);
        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (string remark in result.Remarks) json.WriteStringValue(remark);
        json.WriteEndArray();
        json.WriteNumber("open", result.Open);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ImmutableArray<DuplicateGroup> groups)
    {
        json.WriteStartArray();
        foreach (DuplicateGroup group in groups)
        {
            json.WriteStartObject();
            json.WriteString("kind", KindText(group.Kind));
            json.WriteStartArray("suppliers");
            foreach (Supplier s in group.Members) json.WriteStringValue(s.Id.Value);
            json.WriteEndArray();
            json.WriteStartArray("reasons");
            foreach (string reason in group.Reasons) json.WriteStringValue(reason);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string scheme, IdentityCandidate c)
    {
        json.WriteStartObject();
        json.WriteString("value", c.Entity.Identifier(scheme));
        json.WriteString("verdict", ReviewFile.VerdictText(c.Verdict));
        json.WriteString("name", c.Entity.LegalName);
        json.WriteString("matchedName", c.Name.Text);
        json.WriteString("relation", c.Relation.ToString());
        json.WriteString("country", c.Entity.Country);
        json.WriteString("jurisdiction", c.Entity.Jurisdiction);
        json.WriteString("city", c.Entity.City);
        json.WriteString("state", c.Entity.StateText);
        json.WriteNumber("score", c.Score);
        json.WriteNumber("margin", c.Margin);
        json.WriteStartArray("reasons");
        foreach (string reason in c.Reasons) json.WriteStringValue(reason);
        json.WriteEndArray();
        json.WriteString("link", c.Entity.Url);
        json.WriteEndObject();
    }
}
