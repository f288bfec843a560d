using System.Linq.Expressions;

namespace Risk.Rules.Language;

/// <summary>How compiled code reads objects of a type without making a <see cref="CelValue"/> of them.</summary>
/// <param name="Source">The sealed class of <see cref="ICelObject"/> that frames hold; objects of another class are left to the interpreter.</param>
/// <param name="Open">From such an object to the host, the object whose members the fields are read from; lists of this type hold hosts.</param>
/// <param name="Field">By slot; null: the field is left to the interpreter.</param>
public sealed record CelObjectAccess(Type Source, Func<Expression, Expression> Open, Func<int, CelFieldAccess?> Field);

/// <summary>How compiled code reads one field. Every part takes an expression of the host, may be evaluated in any order and must not throw.</summary>
/// <remarks>What it says must be what <see cref="ICelObject.Get"/> and <see cref="ICelObject.Has"/> of the same object say.</remarks>
public sealed record CelFieldAccess
{
    /// <summary>The value where it is known: bool, long, double, string, <see cref="DateTimeOffset"/> (timestamp), <see cref="TimeSpan"/> (duration), or an array of texts or hosts. Null: never read.</summary>
    public Func<Expression, Expression>? Value { get; init; }

    /// <summary>Bool: whether there is a value; asked before it. False leaves the expression to the interpreter, which knows why. Null: always.</summary>
    public Func<Expression, Expression>? IsKnown { get; init; }

    /// <summary>Bool: what <c>has(x.field)</c> gives. Null: the interpreter is asked.</summary>
    public Func<Expression, Expression>? Has { get; init; }

    /// <summary>Bool: whether the list may have further items (<see cref="CelList"/>). Null: never.</summary>
    public Func<Expression, Expression>? IsOpen { get; init; }

    /// <summary>The value, where it is the same for every object.</summary>
    public CelValue? Constant { get; init; }
}
