using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Witness;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Harness;

using Node = Torture.Harness.Clusters.Node;

/// <summary>Histories written by hand: seconds, and what happened then.</summary>
internal sealed class Tale
{
    public static readonly Node N1 = new("n1", IPAddress.Parse("10.0.0.1"));
    public static readonly Node N2 = new("n2", IPAddress.Parse("10.0.0.2"));
    public static readonly Node N3 = new("n3", IPAddress.Parse("10.0.0.3"));
    public static readonly PublicAddress A = new(IPAddress.Parse("10.0.1.1"));
    public static readonly PublicAddress B = new(IPAddress.Parse("10.0.1.2"));

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly IPEndPoint Witness = new(N3.Address, 49152);

    private readonly List<HistoryEvent> _events = [];
    private uint _calls;
    private long _order;
    private long _operations;

    public History History => new(_events);

    public static Tale OfOwner(Node owner) => new Tale().Add(0, at => new AddressTaken(at, A, owner))
        .Add(0, at => new AddressTaken(at, B, N3));

    public Tale Takes(double at, Node by, PublicAddress? address = null) =>
        Add(at, time => new AddressTaken(time, address ?? A, by, ++_order));

    public Tale Releases(double at, Node by, PublicAddress? address = null) =>
        Add(at, time => new AddressReleased(time, address ?? A, by, ++_order));

    public Tale Fault(double at, Fault fault) => Add(at, time => new FaultInjected(time, fault, null));

    public Tale Acts(double at, Fault fault) =>
        Add(at, time => new FaultTookEffect(time, fault, "seen", null));

    /// <summary>It takes the 0.2 s before.</summary>
    public Tale Heals(double at, Fault fault) =>
        Add(at - 0.2, time => new HealingBegun(time, fault)).Add(at, time => new FaultHealed(time, fault));

    /// <summary>An operation of a workload is acknowledged; it began 0.5 ms before, or when it is said.</summary>
    public Tale Serves(double at, string? by, double? began = null)
    {
        var number = ++_operations;
        return Add(began ?? at - 0.0005, time => new OperationStarted(time, number, A))
            .Add(at, time => new OperationEnded(time, number, A, OperationEnd.Ok, by));
    }

    public Tale Registers(
        double at, string client = "client", PublicAddress? address = null, int port = 1000, string? share = null,
        RegisterFlags flags = RegisterFlags.WITNESS_REGISTER_NONE) =>
        Add(at, time => new RegistrationSeen(
            time, Call(port, WitnessOperation.WitnessrRegisterEx),
            new RegisterExRequest(
                WitnessVersion.V2, "cluster", share, (address ?? A).ToString(), client, flags, 120),
            new HandleResponse(Handle(port), Win32Error.ERROR_SUCCESS)));

    /// <summary>A poll and its answer; without an answer it still waits.</summary>
    public Tale Polls(double asked, double? answered = null, AsyncNotifyResponse? told = null, int port = 1000)
    {
        var call = Call(port, WitnessOperation.WitnessrAsyncNotify);
        Add(asked, time => new PollSeen(time, call, Handle(port)));
        return answered is not { } at ? this : Add(at, time => new NotificationSeen(
            time, call, Handle(port),
            new AsyncNotifyResult(told, told is null ? Win32Error.ERROR_TIMEOUT : Win32Error.ERROR_SUCCESS),
            Start.AddSeconds(asked)));
    }

    public Tale Ends(double at) => Add(at, time => new Noted(time, "end"));

    public Tale Add(double at, Func<DateTimeOffset, HistoryEvent> happened)
    {
        _events.Add(happened(Start.AddSeconds(at)));
        return this;
    }

    public static AsyncNotifyResponse Down(string group) =>
        WitnessBlobs.ResourceChange(new ResourceChange(ChangeType.RESOURCE_STATE_UNAVAILABLE, group));

    public static AsyncNotifyResponse Up(string group) =>
        WitnessBlobs.ResourceChange(new ResourceChange(ChangeType.RESOURCE_STATE_AVAILABLE, group));

    public static AsyncNotifyResponse MovedTo(PublicAddress address) =>
        WitnessBlobs.ClientMove(AddressInfo.Online(address.Address));

    private static ContextHandle Handle(int port) => new(0, new Guid(port, 0, 0, new byte[8]));

    private CallReference Call(int port, WitnessOperation operation) => new(
        new IPEndPoint(IPAddress.Parse("10.0.2.1"), port), Witness, ++_calls, SyntaxId.Witness, (ushort)operation);
}
