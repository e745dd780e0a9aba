using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Containers.Links;

/// <summary>Takes an interface down and up, again and again; it is up in the end.</summary>
internal sealed class Flapper : IDisposable
{
    private readonly string _port;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _flapping;

    /// <param name="port">The other end of the node's link: the node has no carrier while it is down.</param>
    public Flapper(string port, FlappingLink fault, int seed, TimeProvider time)
    {
        _port = port;
        _flapping = FlapAsync(fault, new Random(seed), time);
    }

    /// <summary>Also where the node has ended, and its link with it.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _flapping.GetAwaiter().GetResult();
        _over.Dispose();
        HostCommand.RequireWhere(_port, "ip", "link", "set", _port, "up");
    }

    private async Task FlapAsync(FlappingLink fault, Random random, TimeProvider time)
    {
        try
        {
            while (true)
            {
                Set("down");
                await Task.Delay(About(fault.Down), time, _over.Token);
                Set("up");
                await Task.Delay(About(fault.Up), time, _over.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }

        TimeSpan About(TimeSpan length) => length * (0.8 + (0.4 * random.NextDouble()));
    }

    /// <summary>Its node may have ended, and the link with it.</summary>
    private void Set(string state) => HostCommand.Run("ip", "link", "set", _port, state);
}
