namespace Torture.Targets.Containers.Engine;

/// <summary>A program that runs in a container. Disposed: detached; the program itself lives on.</summary>
internal interface IContainerExec : IAsyncDisposable
{
    /// <summary>To standard input. Disposed: the program reads the end.</summary>
    Stream Input { get; }

    /// <summary>From standard output. Read <see cref="Error"/> too: one that is full stops both.</summary>
    Stream Output { get; }

    Stream Error { get; }

    /// <summary>Waits until the program has ended and what it wrote has been read.</summary>
    /// <returns>Its exit code; 126 and 127 where it could not be started, 137 where it was killed.</returns>
    Task<int> WaitForExitAsync(CancellationToken cancellationToken);
}
