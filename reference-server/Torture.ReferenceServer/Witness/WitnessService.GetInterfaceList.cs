using System.Collections.Immutable;
using System.Net;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>[MS-SWN] 3.1.4.1.</summary>
public partial class WitnessService
{
    private readonly List<PendingList> _pendingLists = [];
    private ListStubs? _listStubs;

    /// <summary>
    /// 3.1.4.1 WitnessrGetInterfaceList: the list, at once or when an interface becomes AVAILABLE. Null: the call
    /// waits for the task, then asks again.
    /// </summary>
    protected virtual GetInterfaceListResponse? WitnessrGetInterfaceList(RpcServerCall call)
    {
        if (InterfaceList.IsEmpty)
        {
            return new GetInterfaceListResponse(null, EmptyInterfaceList());
        }

        if (!InterfaceList.Any(MayAnswerWith))
        {
            return null;
        }

        return new GetInterfaceListResponse(
            [.. InterfaceList.Select(WitnessInterfaceInfo)], Win32Error.ERROR_SUCCESS);
    }

    /// <summary>3.1.4.1: there is no Interface at all.</summary>
    protected virtual Win32Error EmptyInterfaceList() => Win32Error.ERROR_NO_MORE_ITEMS;

    /// <summary>3.1.4.1: the call waits until the list has such an Interface (A18).</summary>
    protected virtual bool MayAnswerWith(PublicInterface entry) =>
        entry.State == InterfaceState.AVAILABLE
        && (Settings.Profile == WitnessProfile.Literal || !IsHostedHere(entry));

    /// <summary>3.1.4.1: WITNESS_INTERFACE_INFO of an Interface.</summary>
    protected virtual WitnessInterface WitnessInterfaceInfo(PublicInterface entry) => new(
        entry.GroupName,
        InterfaceVersion(entry),
        entry.State,
        entry.IPv4 ?? IPAddress.Any,
        entry.IPv6 ?? IPAddress.IPv6Any,
        WitnessInterfaceFlags(entry));

    /// <summary>3.1.4.1: Version is WitnessServiceVersion.</summary>
    protected virtual uint InterfaceVersion(PublicInterface entry) => WitnessServiceVersion;

    /// <summary>3.1.4.1: the flags of the addresses that are there, and INTERFACE_WITNESS.</summary>
    protected virtual InterfaceFlags WitnessInterfaceFlags(PublicInterface entry) =>
        (entry.IPv4 is null ? InterfaceFlags.None : InterfaceFlags.IPv4)
        | (entry.IPv6 is null ? InterfaceFlags.None : InterfaceFlags.IPv6)
        | (IsHostedHere(entry) ? InterfaceFlags.None : InterfaceFlags.INTERFACE_WITNESS);

    /// <summary>3.1.4.1: INTERFACE_WITNESS is for those that this server does not host.</summary>
    protected virtual bool IsHostedHere(PublicInterface entry) =>
        (entry.IPv4 is { } v4 && View.IsHostedHere(v4)) || (entry.IPv6 is { } v6 && View.IsHostedHere(v6));

    /// <summary>3.1.6.1: pending GetInterfaceList calls look again.</summary>
    protected virtual void WakeGetInterfaceList()
    {
        ForgetLists();
        foreach (var pending in _pendingLists)
        {
            pending.TrySetResult();
        }

        _pendingLists.Clear();
    }

    /// <summary>What was made of the list before is no longer given.</summary>
    protected virtual void ForgetLists() => _listStubs = null;

    private ValueTask GetInterfaceListAsync(RpcServerCall call)
    {
        if (CheckAccess(call.Caller) is not Win32Error.ERROR_SUCCESS and var refused)
        {
            Write(call, WitnessCodec.Encode(new GetInterfaceListResponse(null, refused), call.Syntax));
            return ValueTask.CompletedTask;
        }

        if (TryAnswerList(call) is { } pending)
        {
            return new ValueTask(AnswerListLater(call, pending));
        }

        return ValueTask.CompletedTask;
    }

    private async Task AnswerListLater(RpcServerCall call, PendingList? pending)
    {
        while (pending is not null)
        {
            var waiting = pending;
            var aborted = call.Aborted.UnsafeRegister(_ => Abandon(call, waiting), null);
            try
            {
                await waiting.Task;
            }
            finally
            {
                aborted.Unregister();
            }

            pending = TryAnswerList(call);
        }
    }

    /// <summary>Answers the call, or gives what it has to wait for. The stub is made once for each list.</summary>
    private PendingList? TryAnswerList(RpcServerCall call)
    {
        byte[] stub;
        lock (State)
        {
            if (_listStubs?.Of(call.Syntax) is { } known)
            {
                stub = known;
            }
            else if (WitnessrGetInterfaceList(call) is { } response)
            {
                stub = WitnessCodec.Encode(response, call.Syntax);
                (_listStubs ??= new ListStubs()).Keep(call.Syntax, stub);
            }
            else
            {
                var pending = new PendingList();
                _pendingLists.Add(pending);
                return pending;
            }
        }

        Write(call, stub);
        return null;
    }

    private void Abandon(RpcServerCall call, PendingList pending)
    {
        lock (State)
        {
            _pendingLists.Remove(pending);
        }

        pending.TrySetException(Ended(call));
    }

    private sealed class ListStubs
    {
        private readonly byte[]?[] _stubs = new byte[4][];

        public byte[]? Of(NdrSyntax syntax) => _stubs[Index(syntax)];

        public void Keep(NdrSyntax syntax, byte[] stub) => _stubs[Index(syntax)] = stub;

        private static int Index(NdrSyntax syntax) => (syntax.Is64 ? 2 : 0) + (syntax.IsBigEndian ? 1 : 0);
    }
}
