namespace Torture.Targets.Containers.Engine;

internal sealed partial class DockerEngine
{
    private static readonly TimeSpan ExitPoll = TimeSpan.FromMilliseconds(10);

    public async Task<IContainerExec> ExecAsync(
        string container, ExecSpec program, CancellationToken cancellationToken)
    {
        var doing = $"run {program.Arguments[0]} in container {container}";
        var body = new ExecBody
        {
            AttachStdin = program.WithInput,
            Cmd = program.Arguments,
            Env = [.. program.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
            User = program.User,
            WorkingDir = program.WorkingFolder,
        };
        var create = Post(
            $"/containers/{Escape(container)}/exec", doing, EngineHttp.Json(body, EngineJson.Default.ExecBody));
        var id = (await _http.AskAsync(create, EngineJson.Default.IdAnswer, cancellationToken)).Id;
        var start = Post(
            $"/exec/{Escape(id)}/start", doing,
            EngineHttp.Json(new ExecStartBody(Detach: false, Tty: false), EngineJson.Default.ExecStartBody));
        var connection = await _http.HijackAsync(start, cancellationToken);
        return new DockerExec(
            connection, program.WithInput, failed => EngineTroubles.Of(_http.Address, doing, failed),
            token => ExitCodeAsync(id, doing, token));
    }

    /// <summary>The outputs end a moment before the engine knows the exit code.</summary>
    private async Task<int> ExitCodeAsync(string exec, string doing, CancellationToken cancellationToken)
    {
        using var ticks = new PeriodicTimer(ExitPoll);
        while (true)
        {
            var seen = await _http.AskAsync(
                Get($"/exec/{Escape(exec)}/json", doing), EngineJson.Default.ExecAnswer, cancellationToken);
            if (!seen.Running && seen.ExitCode is { } code)
            {
                return code;
            }

            await ticks.WaitForNextTickAsync(cancellationToken);
        }
    }
}
