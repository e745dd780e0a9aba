using Torture.Harness.Clusters;
using Torture.Protocol.Witness;

namespace Torture.Harness.Witness;

/// <summary>A registration that was accepted, with its connection. Disposed: unregistered.</summary>
public sealed class Registration : IAsyncDisposable
{
    private readonly bool _ownsConnection;
    private bool _gone;

    internal Registration(
        WitnessConnection connection, Node node, RegisterExRequest request, RegisterReply reply, bool ownsConnection)
    {
        (Connection, Node, Request, Reply) = (connection, node, request, reply);
        _ownsConnection = ownsConnection;
    }

    public WitnessConnection Connection { get; }

    /// <summary>Whose witness took it.</summary>
    public Node Node { get; }

    /// <summary>What was asked for; of version 1 only the fields that it has count.</summary>
    public RegisterExRequest Request { get; }

    public RegisterReply Reply { get; }

    public ContextHandle Handle => Reply.Handle;

    public Task<NotifyReply> AsyncNotifyAsync() => Connection.AsyncNotifyAsync(Handle);

    public PendingCall<NotifyReply> StartAsyncNotify() => Connection.StartAsyncNotify(Handle);

    public async Task<UnRegisterReply> UnRegisterAsync()
    {
        _gone = true;
        return await Connection.UnRegisterAsync(Handle);
    }

    public async Task<UnRegisterExReply> UnRegisterExAsync()
    {
        _gone = true;
        return await Connection.UnRegisterExAsync(Handle);
    }

    /// <summary>Ends the connection with all that was made over it.</summary>
    public Task CloseAsync(CloseMode mode)
    {
        _gone = true;
        return Connection.CloseAsync(mode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_gone && !_ownsConnection)
        {
            await UnRegisterAsync();
        }

        if (_ownsConnection)
        {
            await Connection.DisposeAsync();
        }
    }
}
