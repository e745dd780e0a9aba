using System.IO.Pipelines;
using System.Net.Sockets;

namespace Torture.Targets.Containers.Engine;

/// <summary>An attached program: frames of its connection go to two pipes until the connection ends.</summary>
internal sealed class DockerExec : IContainerExec
{
    private const int PauseAt = 1 << 20;
    private static readonly PipeOptions Room = new(pauseWriterThreshold: PauseAt, resumeWriterThreshold: PauseAt / 2);

    private readonly HijackedConnection _connection;
    private readonly Func<Exception, EngineException> _translate;
    private readonly Func<CancellationToken, Task<int>> _exitCode;
    private readonly Pipe _output = new(Room);
    private readonly Pipe _error = new(Room);
    private readonly CancellationTokenSource _detached = new();
    private readonly Task _copying;

    public DockerExec(
        HijackedConnection connection, bool withInput, Func<Exception, EngineException> translate,
        Func<CancellationToken, Task<int>> exitCode)
    {
        (_connection, _translate, _exitCode) = (connection, translate, exitCode);
        Input = withInput ? new ExecInput(connection) : Stream.Null;
        Output = _output.Reader.AsStream();
        Error = _error.Reader.AsStream();
        _copying = CopyAsync();
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _copying.WaitAsync(cancellationToken);
        return await _exitCode(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _detached.CancelAsync();
        await _connection.DisposeAsync();
        await _copying.ContinueWith(
            copied => copied.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _detached.Dispose();
    }

    private async Task CopyAsync()
    {
        Exception? end = null;
        try
        {
            await StreamFrames.CopyAsync(
                _connection.Stream, _output.Writer.AsStream(leaveOpen: true), _error.Writer.AsStream(leaveOpen: true),
                _detached.Token);
        }
        catch (OperationCanceledException detached)
        {
            end = detached;
            throw;
        }
        catch (Exception failed) when (failed is IOException or SocketException or ObjectDisposedException
            or InvalidDataException)
        {
            throw end = _translate(failed);
        }
        finally
        {
            await _output.Writer.CompleteAsync(end);
            await _error.Writer.CompleteAsync(end);
        }
    }
}
