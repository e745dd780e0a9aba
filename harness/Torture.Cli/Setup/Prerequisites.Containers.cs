using Torture.Targets.Containers.Engine;

namespace Torture.Cli.Setup;

internal sealed partial class Prerequisites
{
    private const string EngineLog = "/var/log/torture-dockerd.log";
    private static readonly TimeSpan EngineStart = TimeSpan.FromSeconds(60);

    /// <summary>For clusters in containers: an engine that answers, and mmdebstrap for the images.</summary>
    public async Task<bool> EnsureContainersAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await AskEngineAsync(cancellationToken) is { } problem
                && !await StartEngineAsync(problem, cancellationToken))
            {
                return false;
            }
        }
        catch (EngineException unusable)
        {
            log.WriteLine($"setup: {unusable.Message}");
            return false;
        }

        return Find("mmdebstrap") is not null || Find("apt-get") is null || Install("mmdebstrap");
    }

    /// <returns>Null where one answers; else that none does.</returns>
    private async Task<EngineException?> AskEngineAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var mark = RunMark.Begin("setup");
            using var engine = await DockerEngine.ConnectAsync(mark, cancellationToken);
            log.WriteLine($"setup: {engine.Version} answers");
            return null;
        }
        catch (EngineException none) when (none.Trouble == EngineTrouble.NoEngine)
        {
            return none;
        }
    }

    private async Task<bool> StartEngineAsync(EngineException problem, CancellationToken cancellationToken)
    {
        var isOurs = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DOCKER_HOST"));
        if (!isOurs || Environment.UserName != "root" || (Find("dockerd") is null && Find("apt-get") is null))
        {
            log.WriteLine($"setup: {problem.Message}");
            return false;
        }

        if (Find("dockerd") is null && !(Install("docker.io") && Install("iptables")))
        {
            return false;
        }

        var hasSystemd = Directory.Exists("/run/systemd/system");
        // In a session of its own, so that it outlives this command and its terminal.
        var started = hasSystemd
            ? Tool.Run("systemctl", "start", "docker")
            : Tool.Run("/bin/sh", "-c", $"setsid dockerd >>{EngineLog} 2>&1 </dev/null &");
        if (!started.Succeeded)
        {
            log.WriteLine($"setup: the engine does not start: {started.Why}");
            return false;
        }

        log.WriteLine(hasSystemd
            ? "setup: started the service docker"
            : $"setup: started dockerd, which stays (log {EngineLog}, process in /var/run/docker.pid)");
        return await UntilEngineAnswersAsync(cancellationToken);
    }

    private async Task<bool> UntilEngineAnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(EngineStart);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await AskEngineAsync(both.Token) is not null)
            {
                await ticks.WaitForNextTickAsync(both.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var last = File.Exists(EngineLog) ? File.ReadLines(EngineLog).LastOrDefault() : null;
            log.WriteLine($"setup: no engine after {EngineStart.TotalSeconds} s; its log ends: {last ?? "(no log)"}");
            return false;
        }
    }
}
