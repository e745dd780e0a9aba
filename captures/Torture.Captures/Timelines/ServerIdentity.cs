namespace Torture.Captures;

/// <summary>Who serves a connection: a link address tells it, or an SMB server says so.</summary>
public static class ServerIdentity
{
    /// <summary>By number of the connection; those of which nothing tells are left out.</summary>
    public static IReadOnlyDictionary<int, string> Of(WitnessTrace trace)
    {
        var servers = new Dictionary<int, string>();
        foreach (var connection in trace.Connections)
        {
            if (connection.ServerMac is { IsZero: false } mac)
            {
                servers[connection.Number] = mac.ToString();
            }
        }

        foreach (var command in trace.Smb)
        {
            if (command.ServerId is { } id && id != Guid.Empty)
            {
                servers.TryAdd(command.Flow.Connection, id.ToString());
            }
        }

        return servers;
    }
}
