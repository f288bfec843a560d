using Risk.Rules.Suppliers;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    [Fact]
    public async Task Suppliers_EveryField_ComesBack()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));

        StoredSupplier stored = (await ReadAsync(s => s.Suppliers.FindAsync(A, null, None)))!;

        AssertSame(Supplier(A), stored.Supplier);
        Assert.Same(StringComparer.Ordinal, stored.Supplier.Attributes.KeyComparer);
        Assert.Same(StringComparer.Ordinal, stored.Supplier.Identifiers.KeyComparer);
        Assert.Equal((T0, null), (stored.KnownSince, stored.RetiredAt));
    }

    [Fact]
    public async Task Suppliers_AddedChangedRetiredAndBack_EveryInstantIsKept()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A, "one"), Supplier(B)), T0, None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [Supplier(A, "two")], []), Day(1), None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [], [A]), Day(2), None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A, "three")), Day(3), None));

        async Task<string> NamesAsync(DateTimeOffset? asOf) =>
            string.Join(",", (await ReadAsync(s => s.Suppliers.ListAsync(asOf, None))).Select(x => x.Supplier.Id + "=" + x.Supplier.Name + (x.RetiredAt is null ? "" : "!")));
        Assert.Equal("", await NamesAsync(T0.AddTicks(-1)));
        Assert.Equal("A=one,B=Acme GmbH", await NamesAsync(T0));
        Assert.Equal("A=two,B=Acme GmbH", await NamesAsync(Day(1)));
        Assert.Equal("B=Acme GmbH", await NamesAsync(Day(2)));
        Assert.Equal("A=three,B=Acme GmbH", await NamesAsync(null));

        async Task<(string?, DateTimeOffset?, DateTimeOffset?)> FoundAsync(DateTimeOffset? asOf) =>
            await ReadAsync(s => s.Suppliers.FindAsync(A, asOf, None)) is { } x ? (x.Supplier.Name, x.KnownSince, x.RetiredAt) : (null, null, null);
        Assert.Equal(default, await FoundAsync(T0.AddTicks(-1)));
        Assert.Equal(("two", Day(1), null), await FoundAsync(Day(1.5)));
        Assert.Equal(("two", Day(1), Day(2)), await FoundAsync(Day(2)));
        Assert.Equal(("three", Day(3), null), await FoundAsync(null));
        Assert.Null(await ReadAsync(s => s.Suppliers.FindAsync(C, null, None)));
    }

    [Fact]
    public async Task Suppliers_RetiredStaysRetired_IsFoundWithItsEnd()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [], [A]), Day(2), None));

        Assert.Equal(Day(2), (await ReadAsync(s => s.Suppliers.FindAsync(A, null, None)))!.RetiredAt);
    }

    [Fact]
    public async Task Suppliers_ChangedTwiceAtOneInstant_LastOneCounts()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A, "one")), T0, None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [Supplier(A, "two")], []), T0, None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [], [A]), T0, None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A, "three")), T0, None));

        Assert.Equal("three", Assert.Single(await ReadAsync(s => s.Suppliers.ListAsync(T0, None))).Supplier.Name);
    }

    [Fact]
    public async Task Suppliers_ClockWentBack_HistoryDoesNotOverlap()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A, "one")), Day(5), None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [Supplier(A, "two")], []), Day(1), None));

        Assert.Equal(("two", Day(5)), Assert.Single((await ReadAsync(s => s.Suppliers.ListAsync(null, None))).Select(x => (x.Supplier.Name, x.KnownSince))));
    }

    [Fact]
    public async Task AttributeNames_AreThoseOfSuppliersInForce()
    {
        Supplier other = Supplier(B) with { Attributes = Texts(("zone", "1"), ("plant", "Bonn")) };
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), other), T0, None));
        Assert.Equal(["plant", "zone", "Åland"], await ReadAsync(s => s.Suppliers.AttributeNamesAsync(None)));

        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [], [A]), Day(1), None));

        Assert.Equal(["plant", "zone"], await ReadAsync(s => s.Suppliers.AttributeNamesAsync(None)));
    }

    [Fact]
    public async Task Compare_AddedChangedRetired_ById()
    {
        Supplier a = Supplier(A), b = Supplier(B), c = Supplier(C);
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(a, b), T0, None));

        SupplierComparison found = await ReadAsync(s => s.Suppliers.CompareAsync([c, b with { Owner = "x" }], None));

        Assert.Equal([C], found.Added.Select(x => x.Id));
        Assert.Equal([("", "x")], found.Changed.Select(x => (x.Before.Owner, x.After.Owner)));
        Assert.Equal(["A"], found.Retired.Select(id => id.Value));
        Assert.Equal(2, found.InForce);
        SupplierComparison same = await ReadAsync(s => s.Suppliers.CompareAsync([b, a], None));
        Assert.True(same is { Added.IsEmpty: true, Changed.IsEmpty: true, Retired.IsEmpty: true });
    }

    [Fact]
    public async Task Stamp_EveryChange_IsAnother()
    {
        var stamps = new List<PortfolioStamp> { await ReadAsync(s => s.Suppliers.StampAsync(None)) };
        // Two changes at one instant are two.
        SupplierChanges[] changes = [Added(Supplier(A), Supplier(B)), Changed(Supplier(A, "one")), Changed(Supplier(A, "two")), new SupplierChanges([], [], [B]), Added(Supplier(B))];
        foreach (SupplierChanges change in changes)
        {
            await WriteAsync(s => s.Suppliers.ApplyAsync(change, T0, None));
            stamps.Add(await ReadAsync(s => s.Suppliers.StampAsync(None)));
        }

        Assert.Equal(stamps.Count, stamps.Distinct().Count());
        Assert.Equal(stamps[^1], await ReadAsync(s => s.Suppliers.StampAsync(None)));
    }
}
