using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Rules.Identity;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Identity;

/// <summary>A register that is to be asked.</summary>
/// <param name="Open">Throws <see cref="SourceFailureException"/> when options are wrong.</param>
/// <param name="Off">Why it is not asked, or "".</param>
internal sealed record RegisterToAsk(IIdentityRegister Register, Func<IRegisterSearch> Open, string Off)
{
    public SourceId Id => Register.Manifest.Id;
}

/// <summary>What a register said of one supplier.</summary>
/// <param name="Problem">Why it could not be checked, or "".</param>
internal sealed record SupplierFinding(Supplier Supplier, SourceId Source, string Scheme, ImmutableArray<IdentityCandidate> Candidates, string Problem)
{
    public bool IsChecked => Problem.Length == 0;

    public IdentityVerdict Verdict => Candidates.IsEmpty ? IdentityVerdict.None : Candidates[0].Verdict;
}

/// <summary>How one register did.</summary>
/// <param name="Asked">Suppliers that it answered for in this run.</param>
/// <param name="Remembered">Suppliers for which its last answer is young enough.</param>
/// <param name="Problem">Why it was not asked, or not to the end; or "".</param>
internal sealed record RegisterOutcome(SourceId Source, string Scheme, bool IsOff, int Asked, int Remembered, string Problem, ImmutableArray<SupplierFinding> Findings)
{
    public int Unchecked => Findings.Count(f => !f.IsChecked);
}

/// <summary>Asks registers for the suppliers that lack their identifier. Every answer is kept at once: a run that is cut off goes on where it stopped.</summary>
internal sealed class RegisterSweep(IRiskStore store, TimeProvider clock, TimeSpan maximumAge)
{
    /// <summary>So many suppliers in a row that fail are the register's failure.</summary>
    private const int FailuresInARow = 3;

    private static readonly string[] CityColumns = ["city", "town"];

    /// <param name="suppliers">Those that may be asked for.</param>
    /// <param name="progress">Told: done, total, register.</param>
    public async Task<RegisterOutcome> RunAsync(RegisterToAsk register, IEnumerable<Supplier> suppliers, Action<int, int, string> progress, CancellationToken cancellationToken)
    {
        string scheme = register.Register.Scheme;
        Supplier[] lacking = [.. suppliers.Where(s => s.Identifier(scheme).Length == 0 && register.Register.MayHold(s))];
        if (register.Off.Length > 0) return new RegisterOutcome(register.Id, scheme, IsOff: true, 0, 0, register.Off, [.. lacking.Select(s => Unchecked(register, s, register.Off))]);
        Dictionary<SupplierId, RegisterAnswer> answers;
        ILookup<SupplierId, string> rejected;
        await using (IStoreSession session = await store.ReadAsync(cancellationToken))
        {
            answers = (await session.Identities.AnswersAsync(register.Id, cancellationToken)).ToDictionary(a => a.Supplier);
            rejected = (await session.Identities.DecisionsAsync(cancellationToken)).Where(d => !d.Accepted && d.Scheme == scheme).ToLookup(d => d.Supplier, d => d.Value);
        }

        var findings = ImmutableArray.CreateBuilder<SupplierFinding>(lacking.Length);
        IRegisterSearch? search = null;
        int asked = 0, remembered = 0, failedInARow = 0;
        string problem = "";
        for (int i = 0; i < lacking.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Supplier supplier = lacking[i];
            progress(i, lacking.Length, $"asking {register.Id}");
            RegisterAnswer? answer = answers.GetValueOrDefault(supplier.Id);
            bool isYoung = answer is not null && answer.Question == Question(supplier) && clock.GetUtcNow() - answer.AskedAt < maximumAge;
            if (isYoung)
            {
                remembered++;
            }
            else if (problem.Length > 0)
            {
                findings.Add(Unchecked(register, supplier, problem));
                continue;
            }
            else
            {
                try
                {
                    search ??= register.Open();
                    answer = new RegisterAnswer(register.Id, supplier.Id, Question(supplier), clock.GetUtcNow(), await search.FindAsync(supplier, cancellationToken));
                    await KeepAsync(answer, cancellationToken);
                    asked++;
                    failedInARow = 0;
                }
                catch (SourceFailureException failure)
                {
                    findings.Add(Unchecked(register, supplier, failure.Message));
                    if (IsAboutTheRegister(failure.Kind) || ++failedInARow >= FailuresInARow) problem = failure.Message;
                    continue;
                }
            }

            RegisteredEntity[] offered = [.. answer!.Entities.Where(e => !rejected[supplier.Id].Contains(e.Identifier(scheme)))];
            findings.Add(new SupplierFinding(supplier, register.Id, scheme, IdentityResolver.Rank(QuestionOf(supplier), offered), ""));
        }

        return new RegisterOutcome(register.Id, scheme, IsOff: false, asked, remembered, problem, findings.ToImmutable());
    }

    private static IdentityQuestion QuestionOf(Supplier supplier) => new(
        supplier.Name, supplier.Aliases, supplier.Country, CityColumns.Select(c => supplier.Attributes.GetValueOrDefault(c, "")).FirstOrDefault(c => c.Length > 0) ?? "", supplier.Identifiers);

    /// <summary>What registers are asked by; another name is another question.</summary>
    private static string Question(Supplier supplier) => string.Join('\n', supplier.Aliases.Prepend(supplier.Name).Append(supplier.Identifier(IdentifierScheme.Ticker)));

    private static SupplierFinding Unchecked(RegisterToAsk register, Supplier supplier, string problem) => new(supplier, register.Id, register.Register.Scheme, [], problem);

    private async Task KeepAsync(RegisterAnswer answer, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        await session.Identities.SaveAnswerAsync(answer, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static bool IsAboutTheRegister(FailureKind kind) => kind is FailureKind.Unreachable or FailureKind.RateLimited or FailureKind.Forbidden or FailureKind.Misconfigured or FailureKind.Shrunk;
}
