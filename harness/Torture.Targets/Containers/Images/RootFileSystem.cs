using System.Diagnostics;
using Torture.Fixtures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Containers.Images;

/// <summary>The root of both images by mmdebstrap: a tar that is read while it is made.</summary>
internal sealed class RootFileSystem : Stream
{
    private const string Suite = "trixie";
    private readonly Process _process;
    private readonly Task<string> _complaints;
    private bool _isEnded;

    private RootFileSystem(Process process) =>
        (_process, _complaints) = (process, process.StandardError.ReadToEndAsync());

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static string? Tool { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "mmdebstrap")).FirstOrDefault(File.Exists);

    public static RootFileSystem Make(string tool)
    {
        var packages = FixtureFiles.ReadText("images/packages.txt").Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.Length > 0 && !line.StartsWith('#'));
        var start = new ProcessStartInfo(
            tool,
            [
                "--quiet", "--variant=minbase", $"--include={string.Join(',', packages)}",
                "--aptopt=APT::Install-Recommends \"false\"",
                // Nobody misses it when the power fails half way: it is made again.
                "--dpkgopt=force-unsafe-io",
                "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
                "--dpkgopt=path-exclude=/usr/share/doc/*", "--format=tar", Suite, "-",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new RootFileSystem(process);
    }

    /// <exception cref="TargetUnusableException">It failed: the end is no end.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken);
        if (read > 0 || buffer.IsEmpty)
        {
            return read;
        }

        await _process.WaitForExitAsync(cancellationToken);
        var said = (await _complaints).Trim().Split('\n');
        return _process.ExitCode == 0
            ? 0
            : throw new TargetUnusableException(
                $"mmdebstrap cannot make the root of the images: {said.LastOrDefault(IsError, said[^1])} "
                + "(is the package mirror in reach?)");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        // Twice: whoever sends it as a request's body ends it too.
        if (disposing && !_isEnded)
        {
            _isEnded = true;
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsError(string line) => line.StartsWith("E:", StringComparison.Ordinal);
}
