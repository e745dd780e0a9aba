using System.Text;

namespace Torture.Targets.Containers.Engine;

/// <summary>What a program in a container said and how it ended.</summary>
internal sealed record ExecResult(int ExitCode, string Output, string Error);

internal static class ExecToTheEnd
{
    /// <summary>More than this from one output is taken for garbage, bytes.</summary>
    private const int Most = 16 << 20;

    /// <summary>Runs a program in a container to its end.</summary>
    /// <param name="input">For its standard input; the way for secrets, which have no place in arguments.</param>
    /// <exception cref="EngineException">It cannot be run, or prints without end.</exception>
    public static async Task<ExecResult> RunAsync(
        this IContainerEngine engine, string container, ExecSpec program, string? input,
        CancellationToken cancellationToken)
    {
        await using var running = await engine.ExecAsync(
            container, program with { WithInput = input is not null }, cancellationToken);
        var output = ReadAsync(running.Output, program, cancellationToken);
        var error = ReadAsync(running.Error, program, cancellationToken);
        if (input is not null)
        {
            await GiveAsync(running.Input, input, cancellationToken);
        }

        return new ExecResult(await ExitAsync(running, output, error, cancellationToken), await output, await error);
    }

    public static Task<ExecResult> RunAsync(
        this IContainerEngine engine, string container, CancellationToken cancellationToken,
        params IReadOnlyList<string> arguments) =>
        engine.RunAsync(container, new ExecSpec(arguments), null, cancellationToken);

    /// <summary>An output that prints too much ends the wait, although the program goes on.</summary>
    private static async Task<int> ExitAsync(
        IContainerExec running, Task<string> output, Task<string> error, CancellationToken cancellationToken)
    {
        await Task.WhenAll(output, error);
        return await running.WaitForExitAsync(cancellationToken);
    }

    private static async Task GiveAsync(Stream to, string input, CancellationToken cancellationToken)
    {
        await using (to)
        {
            try
            {
                await to.WriteAsync(Encoding.UTF8.GetBytes(input), cancellationToken);
            }
            catch (IOException)
            {
                // It ended without reading all of it: its exit code tells.
            }
        }
    }

    private static async Task<string> ReadAsync(
        Stream output, ExecSpec program, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await output.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            text.Write(buffer.AsSpan(0, read));
            if (text.Length > Most)
            {
                throw new EngineException(
                    EngineTrouble.Garbled, $"{program.Arguments[0]} printed more than {Most >> 20} MiB: given up");
            }
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
