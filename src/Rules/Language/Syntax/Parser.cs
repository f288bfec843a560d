using System.Collections.Immutable;

namespace Risk.Rules.Language.Syntax;

/// <summary>Builds the syntax tree. Stops at the first token that does not fit; macro mistakes are collected.</summary>
internal sealed class Parser
{
    /// <summary>Deepest tree accepted. Later stages recurse over the tree; this keeps them far from the end of any thread's stack.</summary>
    public const int MaximumDepth = 100;

    private const int MaximumLength = 100_000;

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    };

    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal) { "in", "true", "false", "null" };

    private readonly SyntaxErrors errors;
    private readonly bool useMacros;
    private readonly ImmutableArray<Token> tokens;
    private int at;
    private int depth;
    private bool failed;

    private Parser(string text, SyntaxErrors errors, bool useMacros)
    {
        this.errors = errors;
        this.useMacros = useMacros;
        tokens = new Lexer(text, errors).Read();
    }

    /// <summary>The tree, or null when the text has an error.</summary>
    public static SyntaxNode? Parse(string text, SyntaxErrors errors, bool useMacros = true)
    {
        if (text.Length > MaximumLength)
        {
            errors.Error("C003", $"the expression is longer than {MaximumLength} characters; divide it into vars", new Span(0, 1));
            return null;
        }

        int before = errors.Count;
        var parser = new Parser(text, errors, useMacros);
        if (errors.Count > before) return null;
        SyntaxNode tree = parser.Expression();
        if (!parser.failed && parser.Current.Kind != TokenKind.End) parser.Fail(parser.Unexpected("an operator or the end"), parser.Current.Span);
        return errors.Count > before ? null : tree;
    }

    private Token Current => tokens[at];

    private Token Next => tokens[Math.Min(at + 1, tokens.Length - 1)];

    private bool Is(string symbol) => Current.Kind == TokenKind.Symbol && Current.Text == symbol;

    private bool Take(string symbol)
    {
        if (!Is(symbol) || failed) return false;
        at++;
        return true;
    }

    private Span Expect(string symbol)
    {
        Span span = Current.Span;
        if (!Take(symbol)) Fail(Unexpected($"'{symbol}'"), span);
        return span;
    }

    private string Unexpected(string wanted) =>
        (Current.Kind == TokenKind.End ? $"the expression ends where {wanted} should be" : $"'{TextOf(Current)}' stands where {wanted} should be") + Habit();

    /// <summary>What people write from other languages, and how it is written here.</summary>
    private string Habit()
    {
        string before = at > 0 ? TextOf(tokens[at - 1]) : "";
        return (Current.Kind == TokenKind.End ? "" : TextOf(Current)) switch
        {
            "and" or "AND" => "; write '&&'",
            "or" or "OR" => "; write '||'",
            "is" => "; to compare, write '=='",
            "then" => "; write CONDITION ? VALUE : OTHER",
            "," when before.All(char.IsAsciiDigit) && before.Length > 0 => "; the decimal point is '.'",
            "" when before == "%" => "; a share is written as a number from 0 to 1: 92% is 0.92",
            _ when before is "not" or "NOT" => "; write '!' for not",
            _ => "",
        };
    }

    private string TextOf(Token token) => errors.Text[token.Span.Start..token.Span.End];

    /// <summary>Reports the first failure and ends the text, so that every loop stops.</summary>
    private LiteralSyntax Fail(string message, Span span, string code = "C001")
    {
        if (!failed) errors.Error(code, message, span);
        failed = true;
        at = tokens.Length - 1;
        return new LiteralSyntax(span, CelValue.Null);
    }

    /// <summary>From an offset to the end of the last token taken; parentheses included.</summary>
    private Span Since(int start) => new(start, Math.Max(start, tokens[Math.Max(at - 1, 0)].Span.End));

    private SyntaxNode Checked(SyntaxNode node) => node.Depth > MaximumDepth ? TooDeep(node.Span) : node;

    private LiteralSyntax TooDeep(Span span) => Fail($"the expression is nested more than {MaximumDepth} levels deep; divide it into vars", span, "C003");

    private SyntaxNode Expression()
    {
        if (++depth > MaximumDepth)
        {
            depth--;
            return TooDeep(Current.Span);
        }

        int start = Current.Span.Start;
        SyntaxNode condition = Binary(0);
        Span mark = Current.Span;
        if (Take("?"))
        {
            SyntaxNode whenTrue = Binary(0);
            Expect(":");
            SyntaxNode whenFalse = Expression();
            condition = Checked(new CallSyntax(Since(start), mark, "_?_:_", null, [condition, whenTrue, whenFalse]));
        }

        depth--;
        return condition;
    }

    private static int Precedence(Token token) => token.Kind switch
    {
        TokenKind.Name => token.Text == "in" ? 3 : 0,
        TokenKind.Symbol => token.Text switch
        {
            "||" => 1,
            "&&" => 2,
            "<" or "<=" or ">" or ">=" or "==" or "!=" => 3,
            "+" or "-" => 4,
            "*" or "/" or "%" => 5,
            _ => 0,
        },
        _ => 0,
    };

    /// <summary>Operators that bind more tightly than the precedence given; all associate to the left.</summary>
    private SyntaxNode Binary(int above)
    {
        int start = Current.Span.Start;
        SyntaxNode left = Unary();
        while (!failed && Precedence(Current) is var precedence && precedence > above)
        {
            Token op = Current;
            at++;
            var operands = ImmutableArray.CreateBuilder<SyntaxNode>();
            operands.AddRange(left, Binary(precedence));
            while (op.Text is "&&" or "||" && Take(op.Text)) operands.Add(Binary(precedence));
            string name = op.Text == "in" ? "@in" : $"_{op.Text}_";
            left = Checked(new CallSyntax(Since(start), op.Span, name, null, operands.ToImmutable()));
        }

        return left;
    }

    private SyntaxNode Unary()
    {
        int first = at;
        while (Take("!"))
        {
        }

        if (at > first)
        {
            // In '!-1' the minus is part of the number, and '!-x' is no syntax.
            int end = at;
            bool isNumber = Is("-") && IsSigned(Next) && Take("-");
            return Prefixed(first, end, "!_", isNumber);
        }

        while (Take("-"))
        {
        }

        // The last minus before a number belongs to it, so that the smallest int can be written.
        if (at > first && IsSigned(Current)) return Prefixed(first, at - 1, "-_", isNegative: true);
        return Prefixed(first, at, "-_");
    }

    private static bool IsSigned(Token token) => token.Number is NumberKind.Int or NumberKind.Double;

    private SyntaxNode Prefixed(int first, int end, string name, bool isNegative = false)
    {
        SyntaxNode node = Member(isNegative);
        for (int i = end - 1; i >= first && !failed; i--) node = Checked(new CallSyntax(Since(tokens[i].Span.Start), tokens[i].Span, name, null, [node]));
        return node;
    }

    private SyntaxNode Member(bool isNegative)
    {
        int start = Current.Span.Start;
        SyntaxNode node = Primary(isNegative);
        while (!failed)
        {
            if (Take("."))
            {
                bool isOptional = Take("?");
                Token name = Current;
                if (name.Kind is not (TokenKind.Name or TokenKind.QuotedName) || (name.Kind == TokenKind.Name && Keywords.Contains(name.Text))) return Fail(Unexpected("a field or function name"), name.Span);
                at++;
                node = !isOptional && name.Kind == TokenKind.Name && Is("(")
                    ? Call(node, name, start)
                    : Checked(new SelectSyntax(Since(start), name.Span, node, name.Text, isOptional ? SelectKind.Optional : SelectKind.Plain));
            }
            else if (Is("["))
            {
                Span mark = Expect("[");
                bool isOptional = Take("?");
                SyntaxNode index = Expression();
                Expect("]");
                node = Checked(new CallSyntax(Since(start), mark, isOptional ? "_[?_]" : "_[_]", null, [node, index]));
            }
            else if (Is("{") && TypeName(node) is { } typeName)
            {
                node = Message(node, typeName);
            }
            else
            {
                break;
            }
        }

        return node;
    }

    private static string? TypeName(SyntaxNode node) => node switch
    {
        NameSyntax name => name.Name,
        SelectSyntax { Kind: SelectKind.Plain } select when TypeName(select.Operand) is { } prefix => $"{prefix}.{select.Field}",
        _ => null,
    };

    private SyntaxNode Call(SyntaxNode? target, Token name, int start)
    {
        Expect("(");
        ImmutableArray<SyntaxNode> arguments = Arguments();
        Span span = Since(start);
        if (failed) return new LiteralSyntax(span, CelValue.Null);
        if (useMacros && Macros.TryExpand(name.Text, target, arguments, span, name.Span, errors) is { } expanded) return Checked(expanded);
        return Checked(new CallSyntax(span, name.Span, name.Text, target, arguments));
    }

    private ImmutableArray<SyntaxNode> Arguments()
    {
        var arguments = ImmutableArray.CreateBuilder<SyntaxNode>();
        if (!Is(")"))
        {
            do
            {
                arguments.Add(Expression());
            }
            while (Take(","));
        }

        Expect(")");
        return arguments.ToImmutable();
    }

    private SyntaxNode Primary(bool isNegative)
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Literal:
                at++;
                if (token.Number == NumberKind.None) return new LiteralSyntax(token.Span, token.Value);
                Span span = isNegative ? tokens[at - 2].Span.To(token.Span) : token.Span;
                return Lexer.TryNumber(token.Text, token.Number, isNegative, out CelValue value)
                    ? new LiteralSyntax(span, value)
                    : Fail($"the number is too large for {(token.Number == NumberKind.Double ? "a double" : token.Number == NumberKind.Uint ? "a uint" : "an int")}", span, "C004");
            case TokenKind.Name:
                return Name(token, isRooted: false);
            case TokenKind.Symbol when Take("."):
                Token rooted = Current;
                return rooted.Kind == TokenKind.Name && !Keywords.Contains(rooted.Text) ? Name(rooted, isRooted: true) : Fail(Unexpected("a name"), rooted.Span);
            case TokenKind.Symbol when Take("("):
                SyntaxNode inner = Expression();
                Expect(")");
                return inner;
            case TokenKind.Symbol when Is("["):
                return ListLiteral();
            case TokenKind.Symbol when Is("{"):
                return MapLiteral();
            default:
                return Fail(Unexpected("a value"), token.Span);
        }
    }

    private SyntaxNode Name(Token token, bool isRooted)
    {
        at++;
        switch (token.Text)
        {
            case "true":
                return new LiteralSyntax(token.Span, CelValue.True);
            case "false":
                return new LiteralSyntax(token.Span, CelValue.False);
            case "null":
                return new LiteralSyntax(token.Span, CelValue.Null);
            case "in":
                return Fail("'in' stands where a value should be", token.Span);
        }

        if (Reserved.Contains(token.Text)) return Fail($"'{token.Text}' is a reserved word and cannot be a name{(token.Text == "if" ? "; write CONDITION ? VALUE : OTHER" : "")}", token.Span);
        return Is("(") ? Call(null, isRooted ? token with { Text = "." + token.Text } : token, token.Span.Start) : new NameSyntax(token.Span, token.Text, isRooted);
    }

    private SyntaxNode ListLiteral()
    {
        Span open = Expect("[");
        var items = ImmutableArray.CreateBuilder<ListItemSyntax>();
        while (!failed && !Is("]"))
        {
            bool isOptional = Take("?");
            items.Add(new ListItemSyntax(Expression(), isOptional));
            if (!Take(",")) break;
        }

        Span close = Expect("]");
        return Checked(new ListSyntax(open.To(close), items.ToImmutable()));
    }

    private SyntaxNode MapLiteral()
    {
        Span open = Expect("{");
        var entries = ImmutableArray.CreateBuilder<MapEntrySyntax>();
        while (!failed && !Is("}"))
        {
            bool isOptional = Take("?");
            SyntaxNode key = Expression();
            Expect(":");
            entries.Add(new MapEntrySyntax(key, Expression(), isOptional));
            if (!Take(",")) break;
        }

        Span close = Expect("}");
        return Checked(new MapSyntax(open.To(close), entries.ToImmutable()));
    }

    private SyntaxNode Message(SyntaxNode name, string typeName)
    {
        Expect("{");
        var values = ImmutableArray.CreateBuilder<SyntaxNode>();
        while (!failed && !Is("}"))
        {
            Take("?");
            Token field = Current;
            if (field.Kind is not (TokenKind.Name or TokenKind.QuotedName) || (field.Kind == TokenKind.Name && Keywords.Contains(field.Text))) return Fail(Unexpected("a field name"), field.Span);
            at++;
            Expect(":");
            values.Add(Expression());
            if (!Take(",")) break;
        }

        Span close = Expect("}");
        return Checked(new MessageSyntax(name.Span.To(close), name.Span, typeName, values.ToImmutable()));
    }
}
