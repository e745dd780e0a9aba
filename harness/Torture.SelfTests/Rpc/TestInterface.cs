using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>An interface that does what a test needs to see.</summary>
public sealed class TestInterface : IRpcInterface
{
    public const ushort Echo = 0;
    public const ushort Pend = 1;
    public const ushort FaultWith = 2;
    public const ushort BadStub = 3;
    public const ushort Fill = 4;
    public const ushort WhoAmI = 5;
    public const ushort Crash = 6;
    public const ushort Deaf = 7;

    public static readonly SyntaxId Syntax = new(new Guid("11223344-5566-7788-99aa-bbccddeeff00"), 2, 1);

    private readonly Lock _gate = new();
    private readonly List<RpcServerCall> _pending = [];
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SyntaxId Id => Syntax;

    public int OperationCount => 8;

    public AuthenticationLevel MinimumLevel { get; init; } = AuthenticationLevel.None;

    public ConcurrentQueue<AbortReason> Aborts { get; } = new();

    /// <summary>Lets all that pend answer.</summary>
    public void Release() => _release.TrySetResult();

    public async Task<RpcServerCall[]> PendingAsync(int count)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_pending.Count >= count)
                {
                    return [.. _pending];
                }

                arrival = _arrival.Task;
            }

            await arrival;
        }
    }

    public ValueTask InvokeAsync(RpcServerCall call)
    {
        switch (call.Opnum)
        {
            case Echo:
                call.Response.Write(call.Stub.Span);
                return default;
            case Pend:
                return PendAsync(call, call.Aborted);
            case Deaf:
                return PendAsync(call, default);
            case FaultWith:
                call.Fault((RpcFault)BinaryPrimitives.ReadUInt32LittleEndian(call.Stub.Span));
                return default;
            case BadStub:
                throw new NdrException("bad", "[C706] 14", 0);
            case Fill:
                call.Response.GetSpan(BinaryPrimitives.ReadInt32LittleEndian(call.Stub.Span));
                Pattern.Write(call.Response, BinaryPrimitives.ReadInt32LittleEndian(call.Stub.Span));
                return default;
            case WhoAmI:
                call.Response.Write(System.Text.Encoding.UTF8.GetBytes(
                    $"{call.Caller.Level} {call.Caller.Type} {call.Caller.Name} {call.Syntax} {call.Object}"));
                return default;
            default:
                throw new InvalidOperationException("crash");
        }
    }

    private async ValueTask PendAsync(RpcServerCall call, CancellationToken aborted)
    {
        Arrive(call);
        try
        {
            await _release.Task.WaitAsync(aborted);
            call.Response.Write(call.Stub.Span);
        }
        finally
        {
            Aborts.Enqueue(call.AbortReason);
        }
    }

    private void Arrive(RpcServerCall call)
    {
        lock (_gate)
        {
            _pending.Add(call);
            _arrival.TrySetResult();
            _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

/// <summary>Bytes that show where they belong.</summary>
public static class Pattern
{
    public static byte[] Of(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)((i * 31) + (i >> 8));
        }

        return bytes;
    }

    public static void Write(IBufferWriter<byte> target, int length) => target.Write(Of(length));
}
