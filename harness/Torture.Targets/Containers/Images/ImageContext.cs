using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Torture.Fixtures;

namespace Torture.Targets.Containers.Images;

/// <summary>The files that an image is built from, and a name for their content.</summary>
internal sealed class ImageContext
{
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Executable =
        Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly SortedDictionary<string, (Func<Stream> Open, bool BySize)> _files = new(StringComparer.Ordinal);

    /// <summary>An embedded file below <c>images/</c>.</summary>
    /// <param name="path">Where it lies in the context; null: as it is called.</param>
    public ImageContext WithFixture(string name, string? path = null)
    {
        _files[path ?? name] = (() => FixtureFiles.Open($"images/{name}"), false);
        return this;
    }

    /// <summary>All embedded files of a folder below <c>images/</c>.</summary>
    public ImageContext WithFixtures(string folder)
    {
        foreach (var name in FixtureFiles.List($"images/{folder}/"))
        {
            WithFixture(name["images/".Length..]);
        }

        return this;
    }

    /// <param name="bySize">Known by its name and length, which are enough for files that nobody edits.</param>
    public ImageContext WithFile(string path, string file, bool bySize = false)
    {
        _files[path] = (() => File.OpenRead(file), bySize);
        return this;
    }

    /// <summary>Changes when a file does, or what the image stands on.</summary>
    public string Hash(string below)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(below));
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var (path, (open, bySize)) in _files)
        {
            using var content = open();
            BinaryPrimitives.WriteInt64LittleEndian(length, content.Length);
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(length);
            hash.AppendData(bySize ? [] : SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>The context as a tar that is written while it is read.</summary>
    public Stream OpenTar(CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        _ = WriteAsync(pipe.Writer, cancellationToken);
        return pipe.Reader.AsStream();
    }

    /// <summary>The context as files, for whoever builds with another tool.</summary>
    public async Task WriteToAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var (path, (open, _)) in _files)
        {
            var to = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            await using var content = open();
            await using (var file = File.Create(to))
            {
                await content.CopyToAsync(file, cancellationToken);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(to, ModeOf(path));
            }
        }
    }

    private async Task WriteAsync(PipeWriter to, CancellationToken cancellationToken)
    {
        try
        {
            await using (var tar = new TarWriter(to.AsStream(leaveOpen: true)))
            {
                foreach (var (path, (open, _)) in _files)
                {
                    await using var content = open();
                    await tar.WriteEntryAsync(
                        new PaxTarEntry(TarEntryType.RegularFile, path)
                        {
                            DataStream = content,
                            Mode = ModeOf(path),
                            ModificationTime = DateTimeOffset.UnixEpoch,
                        },
                        cancellationToken);
                }
            }

            await to.CompleteAsync();
        }
        catch (Exception failed)
        {
            await to.CompleteAsync(failed);
        }
    }

    /// <summary>Programs and scripts have no extension here.</summary>
    private static UnixFileMode ModeOf(string path) => Path.HasExtension(path) ? Readable : Executable;
}
