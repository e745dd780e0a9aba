namespace Torture.Targets.Containers.Engine;

/// <summary>The standard input of a program in a container; its end is the end of our half of the connection.</summary>
internal sealed class ExecInput(HijackedConnection connection) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => connection.Stream.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        connection.Stream.FlushAsync(cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => connection.Stream.Write(buffer, offset, count);

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.Stream.WriteAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.EndWriting();
        }

        base.Dispose(disposing);
    }
}
