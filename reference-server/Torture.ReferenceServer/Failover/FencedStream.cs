namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A connection of a public address. What was read without permission is not handed on, and nothing is written
/// without it: so no request that came after the permission ended is answered.
/// </summary>
public sealed class FencedStream(Stream inner, ServingPermit permit) : WrappedStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await Inner.ReadAsync(buffer, cancellationToken);
        Check();
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check();
        return Inner.WriteAsync(buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = Inner.Read(buffer, offset, count);
        Check();
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Check();
        Inner.Write(buffer, offset, count);
    }

    private void Check()
    {
        if (!permit.Holds)
        {
            Inner.Dispose();
            throw new IOException("The permission to serve this address has ended.");
        }
    }
}
