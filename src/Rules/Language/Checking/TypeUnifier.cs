using System.Collections.Immutable;
using System.Globalization;

namespace Risk.Rules.Language.Checking;

/// <summary>Type variables and what they turned out to be; the assignability rules of cel-go.</summary>
internal sealed class TypeUnifier
{
    /// <summary>Types in a type: beyond, nothing tells two of them apart that a reader could.</summary>
    private const int MaximumSize = 500;

    private readonly Dictionary<string, CelType> bound = new(StringComparer.Ordinal);

    /// <summary>What the variables bound in this attempt were bound to before, newest last.</summary>
    private readonly List<(string Name, CelType? Before)> changes = [];
    private int next;

    public CelType Fresh() => CelType.Parameter("$" + (next++).ToString(CultureInfo.InvariantCulture));

    /// <summary>Both types with the parameters of a declaration replaced by fresh variables.</summary>
    public (ImmutableArray<CelType> Parameters, CelType Result) Instantiate(ImmutableArray<CelType> parameters, CelType result)
    {
        var names = new Dictionary<string, CelType>(StringComparer.Ordinal);
        return ([.. parameters.Select(p => Rename(p, names))], Rename(result, names));
    }

    private CelType Rename(CelType type, Dictionary<string, CelType> names)
    {
        if (type.IsParameter)
        {
            if (!names.TryGetValue(type.Name, out CelType? fresh)) names[type.Name] = fresh = Fresh();
            return fresh;
        }

        return type.Arguments.IsEmpty ? type : type with { Arguments = [.. type.Arguments.Select(a => Rename(a, names))] };
    }

    /// <summary>The type with what is known of its variables; unknown ones become dyn if asked.</summary>
    public CelType Resolve(CelType type, bool freeToDyn = false)
    {
        if (type.IsParameter)
        {
            if (bound.TryGetValue(type.Name, out CelType? known)) return Resolve(known, freeToDyn);
            return freeToDyn ? CelType.Dyn : type;
        }

        return type.Arguments.IsEmpty ? type : type with { Arguments = [.. type.Arguments.Select(a => Resolve(a, freeToDyn))] };
    }

    /// <summary>Whether the first may stand where the second is wanted. Binds variables if it may; else changes nothing.</summary>
    public bool TryAssign(CelType from, CelType to)
    {
        changes.Clear();
        return Keep(Assign(from, to));
    }

    public bool TryAssign(IReadOnlyList<CelType> from, ImmutableArray<CelType> to)
    {
        changes.Clear();
        bool fits = true;
        for (int i = 0; i < to.Length && fits; i++) fits = Assign(from[i], to[i]);
        return Keep(fits);
    }

    /// <summary>Takes the attempt's bindings back when it did not fit.</summary>
    private bool Keep(bool fits)
    {
        for (int i = changes.Count - 1; i >= 0 && !fits; i--)
        {
            (string name, CelType? before) = changes[i];
            if (before is null) bound.Remove(name);
            else bound[name] = before;
        }

        return fits;
    }

    private void Set(string name, CelType type)
    {
        changes.Add((name, bound.GetValueOrDefault(name)));
        bound[name] = type;
    }

    /// <summary>Whether a type has grown beyond any use: pairs of pairs double with every level.</summary>
    public bool IsTooLarge(CelType type)
    {
        int left = MaximumSize;
        return !Fits(type, ref left);
    }

    private bool Fits(CelType type, ref int left)
    {
        if (--left < 0) return false;
        if (type.IsParameter) return !bound.TryGetValue(type.Name, out CelType? known) || Fits(known, ref left);
        foreach (CelType argument in type.Arguments)
        {
            if (!Fits(argument, ref left)) return false;
        }

        return true;
    }

    private bool Assign(CelType from, CelType to)
    {
        if (to.IsParameter)
        {
            if (from == to) return true;
            if (bound.TryGetValue(to.Name, out CelType? known)) return AssignToBound(from, known, to.Name);
            return Bind(to.Name, from) || (from.IsParameter && Assign(to, from));
        }

        if (from.IsParameter)
        {
            if (bound.TryGetValue(from.Name, out CelType? known)) return AssignToBound(to, known, from.Name, reversed: true);
            return Bind(from.Name, to);
        }

        if (from.IsDyn || to.IsDyn) return true;
        if (from.Kind == CelKind.Null && to.Kind is CelKind.Null or CelKind.Object or CelKind.Optional or CelKind.Timestamp or CelKind.Duration) return true;
        if (from.Kind != to.Kind || from.Name != to.Name) return false;
        if (from.Kind == CelKind.Type || from.Arguments.Length != to.Arguments.Length) return from.Kind == CelKind.Type;
        for (int i = 0; i < from.Arguments.Length; i++)
        {
            if (!Assign(from.Arguments[i], to.Arguments[i])) return false;
        }

        return true;
    }

    /// <summary>Assigns to what a variable was bound to, and widens the binding to the more general of the two.</summary>
    private bool AssignToBound(CelType type, CelType known, string name, bool reversed = false)
    {
        if (!(reversed ? Assign(known, type) : Assign(type, known))) return false;
        CelType general = Resolve(MostGeneral(type, known));
        if (!Mentions(general, name)) Set(name, general);
        return true;
    }

    private bool Bind(string name, CelType type)
    {
        CelType resolved = Resolve(type);
        if (resolved.IsParameter && resolved.Name == name) return true;
        if (Mentions(resolved, name)) return false;
        Set(name, resolved);
        return true;
    }

    private static bool Mentions(CelType type, string name) => (type.IsParameter && type.Name == name) || type.Arguments.Any(a => Mentions(a, name));

    public CelType MostGeneral(CelType a, CelType b) => IsAsGeneral(Resolve(a), Resolve(b)) ? a : b;

    private static bool IsAsGeneral(CelType a, CelType b)
    {
        if (a.Kind == CelKind.Dyn) return true;
        if (a.Kind != b.Kind || a.Name != b.Name || a.Arguments.Length != b.Arguments.Length) return false;
        for (int i = 0; i < a.Arguments.Length; i++)
        {
            if (!IsAsGeneral(a.Arguments[i], b.Arguments[i])) return false;
        }

        return true;
    }
}
