using FluentAssertions;
using NUnit.Framework;
using Torture.Node.Keep;
using Torture.ReferenceServer.Failover;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Failover.Locks;

/// <summary>A file lock has one holder until that one ends or lets go, however long it stands still.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
public sealed class FileLockTests : IDisposable
{
    private static readonly TimeSpan Permission = TimeSpan.FromSeconds(1);

    private readonly TemporaryFolder _temporary = new();
    private readonly ContendersClock _time = new();
    private readonly List<FileLock> _all = [];
    private readonly FileLock _holder;
    private readonly FileLock _other;

    public FileLockTests() => (_holder, _other) = (NewLock(), NewLock());

    private string File => Path.Combine(_temporary.Path, "lock");

    public void Dispose()
    {
        _all.ForEach(held => held.ReleaseAsync());
        _temporary.Dispose();
    }

    [Test]
    public void TheFirstHoldsItAndRenewsIt()
    {
        _time.Advance(Permission);

        Acquire(_holder, "a").Should().Be(new LockTerm(1, _time.Plus(Permission)));
        _time.Advance(Permission);
        Renew(_holder).Should().Be(new LockTerm(1, _time.Plus(Permission)));
    }

    [Test]
    public void AHolderThatStandsStillKeepsItAndGoesOn()
    {
        Acquire(_holder, "a");
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(Permission * 10);
            Acquire(_other, "b").Should().BeNull();
        }

        Renew(_holder).Should().Be(new LockTerm(1, _time.Plus(Permission)));
    }

    [Test]
    public void PermissionCountsFromBeforeTheLook()
    {
        _time.BeforeLook(2, () => _time.Advance(Permission));

        var taken = Acquire(_holder, "a");
        taken!.Until.Should().Be(Permission);
    }

    [Test]
    public void WhatWasReleasedIsFreeAtOnce()
    {
        Acquire(_holder, "a");
        _holder.ReleaseAsync();

        Renew(_holder).Should().BeNull();
        Acquire(_other, "b").Should().Be(new LockTerm(2, _time.Plus(Permission), "a"));
        Acquire(_holder, "a").Should().BeNull();
    }

    [Test]
    public async Task AFrozenHolderKeepsItAndADeadOneDoesNot(CancellationToken cancellationToken)
    {
        using var victim = await LockHolder.StartAsync(LockHolder.File, File, cancellationToken);
        Native.Signal(victim.Id, Native.SIGSTOP);
        _time.Advance(Permission * 10);
        Acquire(_other, "b").Should().BeNull();

        Native.Signal(victim.Id, Native.SIGKILL);
        await victim.WaitForExitAsync(cancellationToken);

        Acquire(_other, "b").Should().Be(new LockTerm(2, _time.Plus(Permission), "victim"));
    }

    [Test]
    public void AHolderWhoseFileWasRemovedKnowsIt()
    {
        Acquire(_holder, "a");
        System.IO.File.Delete(File);
        Acquire(_other, "b").Should().NotBeNull();

        Renew(_holder).Should().BeNull();
        Renew(_other).Should().NotBeNull();
    }

    [Test]
    public void AHolderWhoseFileWasReplacedKnowsIt()
    {
        Acquire(_holder, "a");
        System.IO.File.WriteAllText(File + ".new", "1 a\n");
        System.IO.File.Move(File + ".new", File, overwrite: true);

        Renew(_holder).Should().BeNull();
    }

    [Test]
    public void OfManyAtOnceOneTakesIt()
    {
        const int contenders = 4;
        var all = Enumerable.Range(0, contenders).Select(_ => NewLock()).ToArray();
        for (var round = 1; round <= 100; round++)
        {
            var taken = new LockTerm?[contenders];
            Parallel.For(0, contenders, i => taken[i] = Acquire(all[i], $"n{i}"));

            var winner = taken.OfType<LockTerm>().Should().ContainSingle().Subject;
            winner.Term.Should().Be(round);
            all[Array.IndexOf(taken, winner)].ReleaseAsync();
        }
    }

    [TestCase("", 1, null)]
    [TestCase("no number", 1, null)]
    [TestCase("-7 a\n", 1, null)]
    [TestCase("99999999999999999999 a\n", 1, null)]
    [TestCase("41", 42, null)]
    [TestCase("41 a", 42, "a")]
    [TestCase("41 a\n7 what the line before had more", 42, "a")]
    public void WhateverTheFileSaysALineOfItsOwnIsWritten(string text, long term, string? previous)
    {
        System.IO.File.WriteAllText(File, text);

        Acquire(_holder, "n1").Should().Be(new LockTerm(term, _time.Plus(Permission), previous));
        _holder.ReleaseAsync();

        System.IO.File.ReadAllText(File).Should().Be($"{term} n1\n");
    }

    [Test]
    public void AFileOfAnySizeIsReadToItsFirstLineOnly()
    {
        using (var huge = System.IO.File.Create(File))
        {
            huge.SetLength(1L << 36);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();

        Acquire(_holder, "a")!.Term.Should().Be(1);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
    }

    [Test]
    public void ATermAfterWhichThereIsNoneIsSaidAndKeepsNothingLocked()
    {
        System.IO.File.WriteAllText(File, $"{long.MaxValue} a\n");

        foreach (var contender in new[] { _holder, _other })
        {
            ((Action)(() => Acquire(contender, "b"))).Should().Throw<IOException>().WithMessage($"*{File}*");
        }
    }

    [Test]
    public void APathThatCannotBeWrittenIsSaid()
    {
        var nowhere = NewLock(Path.Combine(_temporary.Path, "missing", "lock"));
        ((Action)(() => Acquire(nowhere, "a"))).Should().Throw<IOException>().WithMessage("*missing*");

        // Root may write everywhere, but not into a folder as if it were a file.
        var folder = NewLock(_temporary.Path);
        ((Action)(() => Acquire(folder, "a"))).Should().Throw<IOException>().WithMessage($"*{_temporary.Path}*");
    }

    private FileLock NewLock(string? path = null)
    {
        var made = new FileLock(path ?? File, Permission, new MonotonicClock(_time));
        _all.Add(made);
        return made;
    }

    private static LockTerm? Acquire(FileLock by, string name) =>
        by.TryAcquireAsync(name, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static LockTerm? Renew(FileLock by) =>
        by.RenewAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
