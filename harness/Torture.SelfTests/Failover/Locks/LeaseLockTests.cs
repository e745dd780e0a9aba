using FluentAssertions;
using NUnit.Framework;
using Torture.Node.Keep;
using Torture.ReferenceServer.Failover;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Failover.Locks;

/// <summary>A lease has one holder at a time, whoever is slow, frozen or dead, whatever lies in its folder.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
public sealed class LeaseLockTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    private readonly TemporaryFolder _temporary = new();
    private readonly ContendersClock _time = new();
    private readonly List<LeaseLock> _all = [];
    private readonly LeaseLock _holder;
    private readonly LeaseLock _other;

    public LeaseLockTests() => (_holder, _other) = (NewLock(), NewLock());

    private string Folder => Path.Combine(_temporary.Path, "lock");

    public void Dispose()
    {
        _all.ForEach(held => held.ReleaseAsync());
        _temporary.Dispose();
    }

    [Test]
    public void TheFirstHoldsItForALease()
    {
        _time.Advance(Lease);

        Acquire(_holder, "a").Should().Be(new LockTerm(1, _time.Plus(Lease)));
    }

    [Test]
    public void WhoRenewsKeepsIt()
    {
        Acquire(_holder, "a");
        for (var i = 0; i < 100; i++)
        {
            Acquire(_other, "b").Should().BeNull();
            _time.Advance(Lease - Instant);
            Renew(_holder).Should().Be(new LockTerm(1, _time.Plus(Lease)));
        }
    }

    [Test]
    public void WhoDoesNotRenewIsReplacedAfterALeaseAndNotBefore()
    {
        Acquire(_holder, "a");
        Acquire(_other, "b").Should().BeNull("the other has only begun to watch");
        _time.Advance(Lease);
        Acquire(_other, "b").Should().BeNull("a lease has not passed yet");
        _time.Advance(Instant);

        Acquire(_other, "b").Should().Be(new LockTerm(2, _time.Plus(Lease), "a", PreviousExpired: true));
    }

    [Test]
    public void AHolderThatComesBackKnowsThatItWasReplaced()
    {
        Replace();

        Renew(_holder).Should().BeNull();
        Renew(_holder).Should().BeNull();
        Acquire(_holder, "a").Should().BeNull("the other holds it now");
        Renew(_other).Should().NotBeNull();
    }

    [Test]
    public void AHolderThatWasReplacedCanBecomeItAgain()
    {
        Replace();
        Renew(_holder);
        Acquire(_holder, "a");
        _time.Advance(Lease + Instant);

        Acquire(_holder, "a").Should().Be(new LockTerm(3, _time.Plus(Lease), "b", PreviousExpired: true));
    }

    [Test]
    public void AHolderThatWasSlowButNotReplacedGoesOn()
    {
        Acquire(_holder, "a");
        Acquire(_other, "b");
        _time.Advance(Lease * 5);

        Renew(_holder).Should().Be(new LockTerm(1, _time.Plus(Lease)));
        Acquire(_other, "b").Should().BeNull("it has counted since the other looked");
    }

    [Test]
    public void ARenewalBetweenTheOthersLookAndItsTakeCounts()
    {
        Acquire(_holder, "a");
        Acquire(_other, "b");
        _time.Advance(Lease + Instant);
        LockTerm? renewed = null;
        _time.BeforeLook(2, () => renewed = Renew(_holder));

        Acquire(_other, "b").Should().BeNull();

        renewed.Should().Be(new LockTerm(1, _time.Plus(Lease)));
        Renew(_holder).Should().NotBeNull("the other has given way");
        Directory.GetFiles(Folder).Select(Path.GetFileName).Should().BeEquivalentTo("term.1", "beat.1");
    }

    [Test]
    public void ATakeInTheMidstOfARenewalCounts()
    {
        Acquire(_holder, "a");
        Acquire(_other, "b");
        _time.Advance(Lease + Instant);
        LockTerm? taken = null;
        _time.BeforeLook(1, () => taken = Acquire(_other, "b"));

        Renew(_holder).Should().BeNull();

        taken.Should().NotBeNull();
    }

    [Test]
    public void OfTwoThatWaitedOneTakesIt()
    {
        var third = NewLock();
        Acquire(_holder, "a");
        Acquire(_other, "b");
        Acquire(third, "c");
        _time.Advance(Lease + Instant);
        LockTerm? taken = null;
        _time.BeforeLook(2, () => taken = Acquire(third, "c"));

        Acquire(_other, "b").Should().BeNull();

        taken!.Term.Should().Be(2);
        Renew(third).Should().NotBeNull();
    }

    [Test]
    public void OfManyAtOnceOneTakesIt()
    {
        const int contenders = 4;
        var all = Enumerable.Range(0, contenders).Select(_ => NewLock()).ToArray();
        var last = 0L;
        for (var round = 0; round < 100; round++)
        {
            var taken = new LockTerm?[contenders];
            Parallel.For(0, contenders, i => taken[i] = Acquire(all[i], $"n{i}"));
            _time.Advance(Lease + Instant);

            var winners = taken.OfType<LockTerm>().ToArray();
            winners.Should().HaveCountLessThan(2);
            foreach (var winner in winners)
            {
                winner.Term.Should().BeGreaterThan(last);
                last = winner.Term;
                all[Array.IndexOf(taken, winner)].ReleaseAsync();
            }
        }

        last.Should().BeGreaterThan(50, "somebody takes it nearly each time");
    }

    [Test]
    public void WhatWasReleasedIsFreeAtOnce()
    {
        Acquire(_holder, "a");
        _holder.ReleaseAsync();

        Renew(_holder).Should().BeNull();
        Acquire(_other, "b").Should().Be(new LockTerm(2, _time.Plus(Lease), "a"));
    }

    [Test]
    public async Task AKilledHoldersLeaseIsFreeAtOnce(CancellationToken cancellationToken)
    {
        using var victim = await LockHolder.StartAsync(LockHolder.Lease, Folder, cancellationToken);
        Acquire(_other, "b").Should().BeNull();
        Native.Signal(victim.Id, Native.SIGKILL);
        await victim.WaitForExitAsync(cancellationToken);

        Acquire(_other, "b").Should().Be(new LockTerm(2, _time.Plus(Lease), "victim"));
    }

    [Test]
    public async Task AFrozenHolderIsReplacedAfterALease(CancellationToken cancellationToken)
    {
        using var victim = await LockHolder.StartAsync(LockHolder.Lease, Folder, cancellationToken);
        Native.Signal(victim.Id, Native.SIGSTOP);
        Acquire(_other, "b").Should().BeNull();
        _time.Advance(Lease + Instant);

        Acquire(_other, "b").Should().Be(new LockTerm(2, _time.Plus(Lease), "victim", PreviousExpired: true));

        Native.Signal(victim.Id, Native.SIGKILL);
        await victim.WaitForExitAsync(cancellationToken);
    }

    [TestCase("term.x", "?"), TestCase("term.", ""), TestCase("term.-3", ""), TestCase("beat.99", "a 1")]
    [TestCase("term.99999999999999999999", ""), TestCase("term.1.2", ""), TestCase("notes.txt", "mine")]
    public void OtherFilesAreNoTermsAndStay(string name, string text)
    {
        Directory.CreateDirectory(Folder);
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, text);

        for (var i = 1; i < 5; i++)
        {
            Acquire(_holder, "a")!.Term.Should().Be(i);
            _holder.ReleaseAsync();
        }

        File.ReadAllText(file).Should().Be(text);
    }

    [TestCase(0), TestCase(7), TestCase(1 << 26)]
    public void ABeatOfGarbageEndsAfterALease(int size)
    {
        Acquire(_holder, "a");
        Acquire(_other, "b");
        var garbage = new byte[size];
        new Random(size).NextBytes(garbage);
        File.WriteAllBytes(Path.Combine(Folder, "beat.1"), garbage);
        Acquire(_other, "b").Should().BeNull("the beat has changed");
        _time.Advance(Lease + Instant);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Acquire(_other, "b")!.Term.Should().Be(2);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
        Renew(_holder).Should().BeNull();
    }

    [Test]
    public void ATermAfterWhichThereIsNoneIsSaid()
    {
        Directory.CreateDirectory(Folder);
        var file = Path.Combine(Folder, $"term.{long.MaxValue}");
        File.WriteAllText(file, "");

        ((Action)(() => Acquire(_holder, "a"))).Should().Throw<IOException>().WithMessage($"*{file}*");
    }

    [Test]
    public void AFolderThatCannotBeWrittenIsSaid()
    {
        File.WriteAllText(Folder, "a file is here");
        ((Action)(() => Acquire(_holder, "a"))).Should().Throw<IOException>().WithMessage($"*{Folder}*");
        File.Delete(Folder);

        // Root may write everywhere, but not into a folder as if it were a file.
        Directory.CreateDirectory(Path.Combine(Folder, "term.1"));
        ((Action)(() => Acquire(_holder, "a"))).Should().Throw<IOException>().WithMessage($"*term.1*");
        Directory.Delete(Path.Combine(Folder, "term.1"));

        Acquire(_holder, "a").Should().NotBeNull("once the trouble is over");
    }

    [Test]
    public void AFolderThatVanishesEndsNoTermBeforeItsTime()
    {
        Acquire(_holder, "a");
        Directory.Delete(Folder, recursive: true);

        ((Action)(() => Renew(_holder))).Should().Throw<IOException>();

        Acquire(_other, "b")!.Term.Should().Be(1, "there is nothing left that could say who holds it");
        Renew(_holder).Should().BeNull("the folder is another one now");
        Renew(_other).Should().NotBeNull();
    }

    [TestCase(-1), TestCase(1)]
    public void StepsOfTheWallClockAreNothing(int days)
    {
        Acquire(_holder, "a");
        Acquire(_other, "b");

        _time.Wall += TimeSpan.FromDays(days);

        Acquire(_other, "b").Should().BeNull();
        Renew(_holder).Should().Be(new LockTerm(1, _time.Plus(Lease)));
    }

    [Test]
    public void AContenderThatSleptBeginsToWatchAgain()
    {
        Acquire(_holder, "a");
        Acquire(_other, "b");
        _time.Advance(TimeSpan.FromHours(1));
        Renew(_holder);

        Acquire(_other, "b").Should().BeNull();
        _time.Advance(Lease);
        Acquire(_other, "b").Should().BeNull();
    }

    private void Replace()
    {
        Acquire(_holder, "a");
        Acquire(_other, "b");
        _time.Advance(Lease + Instant);
        Acquire(_other, "b").Should().NotBeNull();
    }

    private LeaseLock NewLock()
    {
        var made = new LeaseLock(Folder, Lease, new MonotonicClock(_time));
        _all.Add(made);
        return made;
    }

    private static LockTerm? Acquire(LeaseLock by, string name) =>
        by.TryAcquireAsync(name, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static LockTerm? Renew(LeaseLock by) =>
        by.RenewAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
