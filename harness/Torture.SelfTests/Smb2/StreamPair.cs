using System.IO.Pipelines;

namespace Torture.SelfTests.Smb2;

/// <summary>Two streams; what one writes the other reads.</summary>
internal sealed class StreamPair
{
    public StreamPair()
    {
        var (there, back) = (new Pipe(), new Pipe());
        Client = new End(back.Reader.AsStream(), there.Writer.AsStream());
        Server = new End(there.Reader.AsStream(), back.Writer.AsStream());
    }

    public Stream Client { get; }

    public Stream Server { get; }

    private sealed class End(Stream reader, Stream writer) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            reader.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            writer.WriteAsync(buffer, cancellationToken);

        public override void Flush() => writer.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            writer.Dispose();
            reader.Dispose();
            base.Dispose(disposing);
        }
    }
}
