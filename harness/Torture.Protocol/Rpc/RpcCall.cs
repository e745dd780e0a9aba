using Torture.Protocol.Ndr;

namespace Torture.Protocol.Rpc;

/// <summary>One call as the client sees it.</summary>
public sealed class RpcCall
{
    private readonly RpcClient _client;
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _response =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<ReadOnlyMemory<byte>>? _answer;
    private byte[] _stub = [];
    private int _length;

    internal RpcCall(RpcClient client, uint callId, SecuritySlot? slot, NdrSyntax syntax)
    {
        _client = client;
        CallId = callId;
        Slot = slot;
        ResponseSyntax = syntax;
    }

    public uint CallId { get; }

    /// <summary>
    /// The response stub. Ends with <see cref="RpcFaultException"/> on a fault, with
    /// <see cref="RpcConnectionClosedException"/> when the connection ends first.
    /// </summary>
    public Task<ReadOnlyMemory<byte>> Response => _answer ??= AnswerAsync();

    /// <summary>What the response stub is written in, once it came.</summary>
    public NdrSyntax ResponseSyntax { get; private set; }

    internal SecuritySlot? Slot { get; }

    internal bool HasBegun { get; private set; }

    internal int Received => _length;

    /// <summary>Sends co_cancel: advice, the answer still comes ([C706] 12.6.4.6).</summary>
    public Task CancelAsync() => _client.SendCancelAsync(this);

    /// <summary>Sends orphaned: no answer is awaited any more, <see cref="Response"/> is cancelled.</summary>
    public Task OrphanAsync() => _client.SendOrphanedAsync(this);

    internal void Append(ReadOnlySpan<byte> piece, bool isBigEndian)
    {
        HasBegun = true;
        ResponseSyntax = ResponseSyntax with { IsBigEndian = isBigEndian };
        if (_stub.Length - _length < piece.Length)
        {
            Array.Resize(ref _stub, Math.Max(_length * 2, _length + piece.Length));
        }

        piece.CopyTo(_stub.AsSpan(_length));
        _length += piece.Length;
    }

    internal void Complete() => _response.TrySetResult(_stub.AsMemory(0, _length));

    internal void Fail(Exception failure)
    {
        _response.TrySetException(failure);

        // Nobody has to look at a call whose connection ended: no unobserved exception then.
        _ = _response.Task.Exception;
    }

    internal void Abandon() => _response.TrySetCanceled();

    /// <summary>
    /// What else than await waits for the other task, WaitAsync and WhenAll, would leave the thread that a simulation
    /// pumps.
    /// </summary>
    private async Task<ReadOnlyMemory<byte>> AnswerAsync() => await _response.Task;
}
