using System.Globalization;

namespace Risk.Rules.Tests.Language.Compiling;

/// <summary>Writes random well-typed expressions over <see cref="RandomWorld"/>: every operator and macro, values at the edges, and some of what is never compiled.</summary>
internal sealed class RandomExpressions(Random random)
{
    private static readonly string[] Texts = ["''", "'DE'", "'RU'", "'filed'", "'closed'", "'nord'", "'é😀'"];
    private static readonly string[] Ints = ["0", "1", "2", "-1", "7", "9223372036854775807", "-9223372036854775808", "9007199254740993", "3000001"];
    private static readonly string[] Doubles = ["0.0", "1.0", "-0.5", "2.5", "1e308", "-1e308", "5e-324", "9007199254740992.0", "9223372036854775808.0", "40.0"];
    private static readonly string[] Orders = ["<", "<=", ">", ">="];

    private readonly List<string> happenings = [];
    private readonly List<(string Type, string Name)> bound = [];
    private int names;

    public string Bool(int depth)
    {
        if (depth <= 0) return Pick(["true", "false", "supplier.single_source", "has(metrics.otd)", "has(facts.count)", "has(contract.end)", "vars.critical", "vars.strict", "facts.flag", "contract.auto_renew", Bound("bool") ?? "true", "has(supplier.lei)", EventBool()]);
        int d = depth - 1;
        return random.Next(24) switch
        {
            0 or 1 or 2 => $"({Bool(d)} && {Bool(d)})",
            3 or 4 or 5 => $"({Bool(d)} || {Bool(d)})",
            6 => $"({Bool(d)} || {Bool(d)} || {Bool(d)})",
            7 => $"!({Bool(d)})",
            8 => $"({Bool(d)} ? {Bool(d)} : {Bool(d)})",
            9 => $"({Double(d)} {Pick(Orders)} {Double(d)})",
            10 => $"({Int(d)} {Pick(Orders)} {Int(d)})",
            11 => $"({Int(d)} {Pick(Orders)} {Double(d)})",
            12 => $"({Time(d)} {Pick(Orders)} {Time(d)})",
            13 => $"({Span(d)} {Pick(Orders)} {Span(d)})",
            14 => $"({Text(d)} {Pick(["==", "!=", "<"])} {Text(d)})",
            15 => random.Next(3) switch { 0 => $"({Double(d)} == {Double(d)})", 1 => $"({Int(d)} != {Double(d)})", _ => $"({Bool(d)} == {Bool(d)})" },
            16 => $"({Text(d)} in {Pick(["lists.embargoed", "lists.few", "supplier.tags", "['DE', 'FR']", "[supplier.country, 'x']"])})",
            17 => $"({Int(d)} in {Pick(["[1, 2, 3]", "lists.tiers", "[1, 2, 3, 4, 5, 6, 7]", "[1.0, 2.0]"])})",
            18 => $"{Text(d)}.{Pick(["contains", "startsWith", "endsWith"])}({Text(d)})",
            19 => $"{Text(d)}.matches('^[A-Z]{{2}}$')",
            20 or 21 => Loop(d),
            22 => Bind(d),
            _ => random.Next(4) switch { 0 => $"(dyn({Int(d)}) == {Double(d)})", 1 => $"(metrics.?otd.orValue({Double(d)}) > {Double(d)})", 2 => $"({Time(d)} == {Time(d)})", _ => "supplier.tags.exists(t, t == 'steel')" },
        };
    }

    private string Loop(int depth)
    {
        string name = $"e{names++}";
        string feed = "events." + Pick(["news", "late", "none", "gone"]);
        happenings.Add(name);
        string body = Bool(Math.Min(depth, 2));
        happenings.RemoveAt(happenings.Count - 1);
        return random.Next(6) switch
        {
            0 or 1 => $"{feed}.exists({name}, {body})",
            2 => $"{feed}.all({name}, {body})",
            3 => $"{feed}.exists_one({name}, {body})",
            4 => $"({feed}.filter({name}, {body}).size() {Pick(Orders)} {random.Next(3)})",
            _ => $"{feed}.exists(i{name}, {name}, i{name} < {random.Next(3)} && {body})",
        };
    }

    private string Bind(int depth)
    {
        string name = $"b{names++}";
        string type = Pick(["bool", "int", "double", "string"]);
        string value = type switch { "bool" => Bool(depth), "int" => Int(depth), "double" => Double(depth), _ => Text(depth) };
        bound.Add((type, name));
        string body = Bool(depth);
        bound.RemoveAt(bound.Count - 1);
        return $"cel.bind({name}, {value}, {body})";
    }

    public string Int(int depth)
    {
        if (depth <= 0) return Pick([Pick(Ints), "supplier.tier", "metrics.count", "limit.days", "limit.fixed_days", "contract.notice_days", "facts.count", "events.news.size()", Bound("int") ?? "3", Event("severity") ?? "2", Event("sources") ?? "1"]);
        int d = depth - 1;
        return random.Next(9) switch
        {
            0 => $"({Int(d)} + {Int(d)})",
            1 => $"({Int(d)} - {Int(d)})",
            2 => $"({Int(d)} * {Int(d)})",
            3 => $"({Int(d)} / {Int(d)})",
            4 => $"({Int(d)} % {Int(d)})",
            5 => $"-({Int(d)})",
            6 => $"({Bool(d)} ? {Int(d)} : {Int(d)})",
            7 => $"size({Text(d)})",
            _ => Int(0),
        };
    }

    public string Double(int depth)
    {
        if (depth <= 0) return Pick([Pick(Doubles), "metrics.otd", "metrics.lost", "metrics.score", "limit.floor", "limit.fixed", "vars.ratio", "supplier.annual_spend", "contract.sla_uptime", "coverage.share", Bound("double") ?? "3.5", Event("amount") ?? "2.0"]);
        int d = depth - 1;
        return random.Next(11) switch
        {
            0 => $"({Double(d)} + {Double(d)})",
            1 => $"({Double(d)} - {Double(d)})",
            2 => $"({Double(d)} * {Double(d)})",
            3 => $"({Double(d)} / {Double(d)})",
            4 => $"-({Double(d)})",
            5 => $"double({Int(d)})",
            6 => $"({Bool(d)} ? {Double(d)} : {Double(d)})",
            7 => $"math.{Pick(["least", "greatest"])}({Double(d)}, {Double(d)})",
            8 => $"math.abs({Double(d)})",
            9 => $"{Pick(["change", "avg", "highest", "was"])}(metrics.{Pick(["otd", "lost", "score"])}, days(90))",
            _ => Double(0),
        };
    }

    public string Text(int depth)
    {
        if (depth <= 0) return Pick([Pick(Texts), "supplier.country", "supplier.name", "supplier.lei", "supplier.plant", "facts.state", "contract.id", Bound("string") ?? "'x'", Event("stage") ?? "'y'", Event("source") ?? "'z'"]);
        return random.Next(4) switch { 0 => $"({Bool(depth - 1)} ? {Text(depth - 1)} : {Text(depth - 1)})", 1 => $"({Text(depth - 1)} + {Text(depth - 1)})", _ => Text(0) };
    }

    public string Time(int depth)
    {
        if (depth <= 0) return Pick(["timestamp('2026-01-01T00:00:00Z')", "timestamp('9999-12-31T23:59:59Z')", "timestamp('0001-01-01T00:00:00Z')", "timestamp('2026-01-01T00:00:00.000000001Z')", "facts.since", "contract.end", Event("at") ?? "facts.since", Event("due") ?? "facts.since"]);
        return random.Next(3) switch { 0 => $"({Time(0)} + {Span(depth - 1)})", 1 => $"({Time(0)} - {Span(depth - 1)})", _ => Time(0) };
    }

    public string Span(int depth)
    {
        if (depth <= 0) return Pick([$"days({random.Next(-400, 400).ToString(CultureInfo.InvariantCulture)})", "duration('1.5s')", "duration('292y')".Replace("292y", "2540400h", StringComparison.Ordinal), "hours(6)", "duration('1ns')"]);
        return random.Next(6) switch
        {
            0 => $"since({Time(depth - 1)})",
            1 => $"until({Time(depth - 1)})",
            2 => $"({Time(depth - 1)} - {Time(depth - 1)})",
            3 => $"({Span(depth - 1)} + {Span(depth - 1)})",
            4 => $"days({Int(depth - 1)})",
            _ => $"-({Span(depth - 1)})",
        };
    }

    private string EventBool() => happenings.Count == 0 ? "supplier.country == 'DE'" : Pick([$"{Happening()}.severity >= {random.Next(1, 5)}", $"since({Happening()}.at) < days({random.Next(1, 300)})", $"has({Happening()}.amount)", $"{Happening()}.stage in lists.few", $"{Happening()}.amount > 5.0"]);

    private string? Event(string field) => happenings.Count == 0 ? null : $"{Happening()}.{field}";

    private string Happening() => happenings[random.Next(happenings.Count)];

    private string? Bound(string type) => bound.FindLast(b => b.Type == type).Name;

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
