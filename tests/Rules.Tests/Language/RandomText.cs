using System.Text;

namespace Risk.Rules.Tests.Language;

/// <summary>Random texts that look more or less like expressions. The same random numbers give the same text.</summary>
internal sealed class RandomText(Random random)
{
    private static readonly string[] Words =
    [
        "metrics", "otd", "lost", "events", "fresh", "stale", "supplier", "name", "tags", "certs", "e", "x", "now", "has", "exists", "all", "map", "filter", "size", "days", "since", "change",
        "true", "false", "null", "1", "0", "-9223372036854775808", "2.5", "3u", "'a'", "b'a'", "'%d'", "format", "matches", "'('", "timestamp", "duration", "'1s'", "int", "string", "type", "dyn", "optional", "of", "none", "orValue",
        "math", "greatest", "cel", "bind", "in", "(", ")", "(", ")", "[", "]", "{", "}", ".", ".", ".", ",", ",", ":", "?", "+", "-", "*", "/", "%", "!", "==", "<", "&&", "||", "transformMap", "getHours", "'\\u12'", "\"", "`", "//", "\n", "😀", "\ud800",
        "ip", "cidr", "'10.0.0.0/8'", "containsIP", "isIP", "'::1'", "net", "IP", "1e308", "0xff", "'\\U0001F431'", "r'\\'", "'''", "if", "_", "@", "$", "\t", "\0", ".?", "[?", "{?",
    ];

    private static readonly string[] Scalars =
    [
        "0", "1", "-1", "7", "9223372036854775807", "-9223372036854775808", "2u", "18446744073709551615u", "0.5", "-0.0", "1e300", "true", "false", "null", "''", "'abc'", "'ä😀z'", "'10.0.0.1'", "'1h30m'", "'2026-01-01T00:00:00Z'", "'%s %d %.3f %x %e'", "'(a+)*b'", "b'\\xff'", "b'abc'",
        "now", "metrics.otd", "metrics.lost", "metrics.critical_vulns", "supplier.name", "supplier.tier", "supplier.tags", "events.fresh", "events.stale", "events.empty", "certs", "embargoed", "x", "y", "e", "certs['iso']", "duration('90s')", "timestamp(0)", "optional.none()", "int", "ip('10.1.2.3')", "cidr('10.0.0.0/8')", "[]", "{}",
    ];

    private static readonly string[] Unary =
    [
        "!$", "-$", "size($)", "int($)", "uint($)", "double($)", "string($)", "bytes($)", "bool($)", "dyn($)", "type($)", "timestamp($)", "duration($)", "$.size()", "has($.name)", "$.?name", "$.name", "[$]", "[?$]", "{'k': $}", "{$: 1}", "optional.of($)", "optional.ofNonZeroValue($)", "$.hasValue()", "$.value()", "$.trim()", "$.lowerAscii()",
        "$.reverse()", "$.join()", "strings.quote($)", "base64.encode($)", "base64.decode($)", "math.abs($)", "math.ceil($)", "math.sqrt($)", "math.bitNot($)", "math.least($)", "$.getFullYear()", "$.getHours('Europe/Berlin')", "since($)", "days($)", "hours($)", "age($)", "last($)", "percent($)", "date($)", "ip($)", "isIP($)", "cidr($)", "$.family()", "$.masked()", "$.first()", "$.unwrapOpt()", "($)", "$.`a-b`",
    ];

    private static readonly string[] Binary =
    [
        "$ + $", "$ - $", "$ * $", "$ / $", "$ % $", "$ == $", "$ != $", "$ < $", "$ >= $", "$ && $", "$ || $", "$ in $", "$[$]", "$[?$]", "[$, $]", "{$: $}", "{'a': $, 'b': $}", "$.contains($)", "$.startsWith($)", "$.matches($)", "$.split($)", "$.indexOf($)", "$.charAt($)", "$.substring($)", "$.join($)", "$.format([$])", "$.orValue($)", "$.or($)", "math.greatest($, $)", "math.bitAnd($, $)",
        "math.bitShiftLeft($, $)", "$.all(x, $)", "$.exists(x, $)", "$.exists_one(x, $)", "$.filter(x, $)", "$.map(x, $)", "$.map(e, $)", "$.optMap(x, $)", "$.optFlatMap(x, $)", "cel.bind(x, $, $)", "$.all(x, y, $)", "$.transformList(x, y, $)", "$.transformMap(x, y, $)", "$.transformMapEntry(x, y, $)", "was($, $)", "change($, $)", "avg($, $)", "decay($, $)", "fixed($, $)", "money($, $)", "$.containsIP($)", "$.containsCIDR($)", "$.getHours($)",
    ];

    private static readonly string[] Ternary = ["$ ? $ : $", "$.replace($, $)", "$.substring($, $)", "$.map(x, $, $)", "$.transformList(x, y, $, $)", "$.transformMap(x, y, $, $)", "$ + $ + $", "$ && $ && $", "[$, $, $]", "'%s%s%s'.format([$, $, $])", "cel.bind(y, $, $ + $)"];

    /// <summary>Any of the kinds below.</summary>
    public string Next() => random.Next(16) switch
    {
        < 7 => Expression(),
        < 11 => Mutated(Expression()),
        < 13 => Tokens(),
        < 15 => Characters(),
        _ => random.Next(8) == 0 ? Nested() : Expression(7),
    };

    /// <summary>An expression that parses, and fits together more often than not.</summary>
    public string Expression(int depth = 4)
    {
        var text = new StringBuilder();
        Write(text, random.Next(1, depth + 1));
        return text.ToString();
    }

    private void Write(StringBuilder text, int depth)
    {
        if (depth == 0 || text.Length > 2_000)
        {
            text.Append(Pick(Scalars));
            return;
        }

        string form = Pick(random.Next(10) switch { < 4 => Unary, < 9 => Binary, _ => Ternary });
        foreach (char c in form)
        {
            if (c == '$') Write(text, random.Next(depth));
            else text.Append(c);
        }
    }

    public string Tokens() => string.Join(random.Next(3) == 0 ? " " : "", Enumerable.Range(0, random.Next(1, 14)).Select(_ => Pick(Words)));

    public string Characters() => string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => (char)(random.Next(20) == 0 ? random.Next(65536) : random.Next(9, 127))));

    /// <summary>Characters lost, doubled, swapped, or replaced by a word.</summary>
    public string Mutated(string text)
    {
        var changed = new StringBuilder(text);
        for (int changes = random.Next(1, 4); changes > 0 && changed.Length > 0; changes--)
        {
            int at = random.Next(changed.Length);
            int length = Math.Min(random.Next(1, 6), changed.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    changed.Remove(at, length);
                    break;
                case 1:
                    changed.Insert(at, changed.ToString(at, length));
                    break;
                case 2:
                    changed.Insert(at, Pick(Words));
                    break;
                case 3:
                    changed[at] = (char)random.Next(random.Next(8) == 0 ? 65536 : 127);
                    break;
                default:
                    changed.Remove(at, length).Insert(Math.Min(at, changed.Length), Pick(Scalars));
                    break;
            }
        }

        return changed.ToString();
    }

    /// <summary>One form inside itself, up to beyond the depth that is accepted.</summary>
    private string Nested()
    {
        string form = Pick(random.Next(2) == 0 ? Unary : Binary);
        string text = Pick(Scalars);
        for (int i = random.Next(120); i > 0 && text.Length < 20_000; i--)
        {
            int hole = form.IndexOf('$', StringComparison.Ordinal);
            text = (form[..hole] + text + form[(hole + 1)..]).Replace("$", Pick(Scalars), StringComparison.Ordinal);
        }

        return text;
    }

    public string Pick(string[] from) => from[random.Next(from.Length)];
}
