using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;

namespace Torture.SelfTests.Witness;

/// <summary>Calls and events from all threads at once: nothing is lost, told twice, or left waiting.</summary>
public sealed class Concurrency
{
    private static readonly WitnessSettings Roomy = new()
    {
        MaximumQueuedChanges = int.MaxValue, UnusedRegistrationTimeout = TimeSpan.FromDays(1),
    };

    [Test]
    public async Task EveryChangeReachesEveryRegistrationOnce()
    {
        const int Events = 2_000;
        using var witness = new WitnessUnderTest(Roomy);
        var clients = Enumerable.Range(0, 8).Select(_ => witness.Connect()).ToArray();
        var polls = clients.Select(caller => (caller, caller.RegisterEx().Context))
            .Select(one => Task.Run(() => PollAsync(one.caller, one.Context, Events))).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var change = 0; change < Events / 4; change++)
            {
                witness.Service.OnInterfaceChanged("n1", [FakeCluster.A1], InterfaceState.UNAVAILABLE);
            }
        })));

        (await Task.WhenAll(polls).WaitAsync(TimeSpan.FromSeconds(30))).Should().AllBeEquivalentTo(Events);
        witness.PendingCalls.Should().Be(0);
    }

    [Test]
    public async Task EveryCallEndsWhateverHappensToItsRegistration()
    {
        using var witness = new WitnessUnderTest(Roomy);
        var ends = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            var caller = witness.Connect();
            for (var round = 0; round < 200; round++)
            {
                var handle = caller.RegisterEx().Context;
                var calls = new[] { caller.AsyncNotify(handle), caller.AsyncNotify(handle) };
                witness.Service.MoveClient("client", "n2");
                calls[round % 2].Call.Abort(AbortReason.Cancelled);
                caller.UnRegister(handle).Should().Be(Win32Error.ERROR_SUCCESS);
                await Task.WhenAll(calls.Select(call => EndedAsync(call.Answered)));
            }

            return true;
        }))).WaitAsync(TimeSpan.FromSeconds(30));

        ends.Should().OnlyContain(ended => ended);
        witness.Service.CountRegistrations().Should().Be(0);
    }

    [Test]
    public async Task ListIsNeverTornWhileItChanges()
    {
        using var witness = new WitnessUnderTest(Roomy);
        var changing = Task.Run(() =>
        {
            for (var change = 0; change < 2_000; change++)
            {
                witness.Service.OnInterfaceChanged(
                    $"n{1 + (change % 3)}", [FakeCluster.A1], (change & 1) == 0
                        ? InterfaceState.UNAVAILABLE
                        : InterfaceState.AVAILABLE);
            }
        });

        var caller = witness.Connect();
        while (!changing.IsCompleted)
        {
            (await caller.GetInterfaceList().Answered).Interfaces!.Value.Should().HaveCount(3);
        }

        await changing;
    }

    private static async Task<int> PollAsync(WitnessCaller caller, ContextHandle handle, int events)
    {
        var seen = 0;
        while (seen < events)
        {
            var reply = await caller.AsyncNotify(handle).Reply;
            seen += WitnessBlobs.ReadResourceChanges(reply.Response!).Count;
        }

        return seen;
    }

    private static async Task EndedAsync(Task<AsyncNotifyResult> call)
    {
        try
        {
            (await call).Status.Should().BeOneOf(Win32Error.ERROR_SUCCESS, Win32Error.ERROR_NOT_FOUND);
        }
        catch (RpcFaultException cancelled)
        {
            cancelled.Status.Should().Be(RpcFault.nca_s_fault_cancel);
        }
    }
}
