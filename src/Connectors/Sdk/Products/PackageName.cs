namespace Risk.Connectors.Sdk.Products;

/// <summary>A world of software packages, as portfolios and the advisory databases call it.</summary>
/// <param name="Key">In the portfolio, before the colon.</param>
/// <param name="Osv">In the OSV schema.</param>
/// <param name="Github">In GitHub's advisory database.</param>
internal sealed record PackageEcosystem(string Key, string Osv, string Github)
{
    public static readonly PackageEcosystem[] All =
    [
        new("npm", "npm", "npm"), new("pypi", "PyPI", "pip"), new("maven", "Maven", "maven"), new("nuget", "NuGet", "nuget"), new("composer", "Packagist", "composer"), new("go", "Go", "go"),
        new("cargo", "crates.io", "rust"), new("gem", "RubyGems", "rubygems"), new("hex", "Hex", "erlang"), new("pub", "Pub", "pub"), new("swift", "SwiftURL", "swift"), new("actions", "GitHub Actions", "actions"),
    ];

    /// <summary>By any of its three names, in any case; a suffix as in <c>Debian:12</c> is not of it. Null: another world.</summary>
    public static PackageEcosystem? Find(string name)
    {
        string world = name.Split(':')[0];
        return All.FirstOrDefault(e => world.Equals(e.Key, StringComparison.OrdinalIgnoreCase) || world.Equals(e.Osv, StringComparison.OrdinalIgnoreCase) || world.Equals(e.Github, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>A software package, written <c>npm:lodash</c> or <c>maven:org.apache.logging.log4j:log4j-core</c>.</summary>
/// <remarks>Equal names of one package are equal: case does not count, and in PyPI neither do hyphen, underscore and point (PEP 503).</remarks>
internal sealed record PackageName
{
    private PackageName(PackageEcosystem ecosystem, string name, string folded)
    {
        Ecosystem = ecosystem;
        Name = name;
        Folded = folded;
    }

    public PackageEcosystem Ecosystem { get; }

    /// <summary>As it was written.</summary>
    public string Name { get; }

    private string Folded { get; }

    /// <summary>A product of the portfolio; null where it is no package.</summary>
    public static PackageName? Parse(string product)
    {
        int colon = product.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? Of(product[..colon], product[(colon + 1)..]) : null;
    }

    /// <summary>As a database says it; null where the ecosystem is not one of ours, or there is no name.</summary>
    public static PackageName? Of(string ecosystem, string name)
    {
        string written = name.Trim();
        return written.Length > 0 && PackageEcosystem.Find(ecosystem.Trim()) is { } world ? new PackageName(world, written, Fold(world, written)) : null;
    }

    public bool Equals(PackageName? other) => other is not null && Ecosystem == other.Ecosystem && Folded == other.Folded;

    public override int GetHashCode() => HashCode.Combine(Ecosystem, Folded);

    public override string ToString() => $"{Ecosystem.Key}:{Name}";

    private static string Fold(PackageEcosystem ecosystem, string name)
    {
        string lower = name.ToLowerInvariant();
        return ecosystem.Key == "pypi" ? string.Join('-', lower.Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries)) : lower;
    }
}
