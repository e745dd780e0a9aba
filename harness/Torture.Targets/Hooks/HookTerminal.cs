namespace Torture.Targets.Hooks;

/// <summary>Where a person is asked to do something.</summary>
/// <param name="IsInteractive">False: nobody is there, and hooks of this kind are refused.</param>
internal sealed record HookTerminal(bool IsInteractive, TextReader Input, TextWriter Output)
{
    public const string Nobody = "a person is to do this, and standard input is no terminal";

    public static HookTerminal OfConsole() => new(!Console.IsInputRedirected, Console.In, Console.Error);

    /// <summary>Shows what to do and waits for Enter.</summary>
    /// <exception cref="HookException">Nobody is there.</exception>
    public async Task<string> AskAsync(string text, CancellationToken cancellationToken)
    {
        if (!IsInteractive)
        {
            throw new HookException(Nobody);
        }

        await Output.WriteLineAsync($"\n>>> {text}\n>>> Press Enter when it is done.".AsMemory(), cancellationToken);
        await Output.FlushAsync(cancellationToken);
        // A terminal cannot be read with a deadline: the line that comes too late is lost.
        var line = await Task.Run(Input.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        return line is null ? throw new HookException("standard input has ended") : "";
    }
}
