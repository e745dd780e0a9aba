using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Torture.Protocol.Ctdb;

/// <summary>What controls and messages carry.</summary>
public static partial class CtdbCodec
{
    private const int NodeSize = 8 + AddressSize;
    private const int PublicAddressSize = 4 + AddressSize;
    private const int ConnectionSize = 2 * AddressSize;
    private const int InterfaceNameSize = 18;
    private const int InterfaceSize = InterfaceNameSize + 6;

    /// <summary>A number: GET_RUNSTATE, GET_CAPABILITIES, GET_TUNABLE, LEADER.</summary>
    public static uint DecodeNumber(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "number");
        var number = reader.UInt32();
        reader.End();
        return number;
    }

    public static byte[] EncodeNumber(uint number) => new CtdbWriter(4).UInt32(number).ToArray();

    /// <summary>GET_NODEMAP, GET_NODES_FILE.</summary>
    public static IReadOnlyList<CtdbNode> DecodeNodeMap(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "node map");
        var nodes = new CtdbNode[reader.Count(NodeSize)];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new CtdbNode(reader.UInt32(), (CtdbNodeFlags)reader.UInt32(), reader.Address());
        }

        reader.End();
        return nodes;
    }

    public static byte[] EncodeNodeMap(IReadOnlyList<CtdbNode> nodes)
    {
        var writer = new CtdbWriter(4 + (nodes.Count * NodeSize)).UInt32((uint)nodes.Count);
        foreach (var node in nodes)
        {
            writer.UInt32(node.Number).UInt32((uint)node.Flags).Address(node.Address);
        }

        return writer.ToArray();
    }

    /// <summary>GET_PUBLIC_IPS: the addresses of the node's own file, no others.</summary>
    public static IReadOnlyList<CtdbPublicAddress> DecodePublicAddresses(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "public address list");
        var addresses = new CtdbPublicAddress[reader.Count(PublicAddressSize)];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = PublicAddress(ref reader);
        }

        reader.End();
        return addresses;
    }

    public static byte[] EncodePublicAddresses(IReadOnlyList<CtdbPublicAddress> addresses)
    {
        var writer = new CtdbWriter(4 + (addresses.Count * PublicAddressSize)).UInt32((uint)addresses.Count);
        foreach (var address in addresses)
        {
            Write(writer, address);
        }

        return writer.ToArray();
    }

    /// <summary>RELEASE_IP and TAKEOVER_IP: the address, and whose it shall be.</summary>
    public static CtdbPublicAddress DecodePublicAddress(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "public address");
        var address = PublicAddress(ref reader);
        reader.End();
        return address;
    }

    public static byte[] EncodePublicAddress(CtdbPublicAddress address) =>
        Write(new CtdbWriter(PublicAddressSize), address).ToArray();

    /// <summary>GET_PUBLIC_IP_INFO.</summary>
    public static CtdbPublicAddressInfo DecodePublicAddressInfo(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "public address info");
        var (address, active) = (PublicAddress(ref reader), reader.UInt32());
        var interfaces = Interfaces(ref reader);
        reader.End();
        return new CtdbPublicAddressInfo(address, active, interfaces);
    }

    public static byte[] EncodePublicAddressInfo(CtdbPublicAddressInfo info)
    {
        var writer = new CtdbWriter(PublicAddressSize + 8 + (info.Interfaces.Count * InterfaceSize));
        Write(writer, info.Address).UInt32(info.Active);
        return Write(writer, info.Interfaces).ToArray();
    }

    /// <summary>GET_IFACES.</summary>
    public static IReadOnlyList<CtdbInterface> DecodeInterfaces(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "interface list");
        var interfaces = Interfaces(ref reader);
        reader.End();
        return interfaces;
    }

    public static byte[] EncodeInterfaces(IReadOnlyList<CtdbInterface> interfaces) =>
        Write(new CtdbWriter(4 + (interfaces.Count * InterfaceSize)), interfaces).ToArray();

    /// <summary>GETVNNMAP.</summary>
    public static CtdbVnnMap DecodeVnnMap(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "vnn map");
        var generation = reader.UInt32();
        var numbers = new uint[reader.Count(sizeof(uint))];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.UInt32();
        }

        reader.End();
        return new CtdbVnnMap(generation, numbers);
    }

    public static byte[] EncodeVnnMap(CtdbVnnMap map)
    {
        var writer = new CtdbWriter(8 + (map.Numbers.Count * sizeof(uint)))
            .UInt32(map.Generation).UInt32((uint)map.Numbers.Count);
        foreach (var number in map.Numbers)
        {
            writer.UInt32(number);
        }

        return writer.ToArray();
    }

    /// <summary>TCP_CLIENT, TCP_CLIENT_DISCONNECTED, TCP_ADD, TCP_REMOVE.</summary>
    public static CtdbConnection DecodeConnection(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "connection");
        var connection = new CtdbConnection(reader.Address(), reader.Address());
        reader.End();
        return connection;
    }

    public static byte[] EncodeConnection(CtdbConnection connection) =>
        new CtdbWriter(ConnectionSize).Address(connection.Client).Address(connection.Server).ToArray();

    /// <summary>The reply to GET_TCP_TICKLE_LIST.</summary>
    public static CtdbTickleList DecodeTickleList(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "tickle list");
        var address = reader.Address();
        var connections = new CtdbConnection[reader.Count(ConnectionSize)];
        for (var i = 0; i < connections.Length; i++)
        {
            connections[i] = new CtdbConnection(reader.Address(), reader.Address());
        }

        reader.End();
        return new CtdbTickleList(address, connections);
    }

    public static byte[] EncodeTickleList(CtdbTickleList list)
    {
        var writer = new CtdbWriter(AddressSize + 4 + (list.Connections.Count * ConnectionSize))
            .Address(list.Address).UInt32((uint)list.Connections.Count);
        foreach (var connection in list.Connections)
        {
            writer.Address(connection.Client).Address(connection.Server);
        }

        return writer.ToArray();
    }

    /// <summary>The request of GET_TCP_TICKLE_LIST and GET_PUBLIC_IP_INFO.</summary>
    public static byte[] EncodeAddress(IPAddress address) =>
        new CtdbWriter(AddressSize).Address(new IPEndPoint(address, 0)).ToArray();

    /// <summary>The messages RELEASE_IP and TAKE_IP: text with a NUL at its end.</summary>
    public static IPAddress DecodeAddressText(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "address as text");
        var text = reader.Text(data.Length);
        return text.Length == data.Length - 1 && IPAddress.TryParse(text, out var address) && IsPlain(address, text)
            ? address
            : throw reader.Refuse("this is no IP address", 0);
    }

    public static byte[] EncodeAddressText(IPAddress address) => Encoding.Latin1.GetBytes($"{address}\0");

    /// <summary>GET_TUNABLE.</summary>
    public static byte[] EncodeTunableName(string name) =>
        new CtdbWriter(5 + name.Length).UInt32((uint)name.Length + 1).Text(name, name.Length + 1).ToArray();

    /// <summary>SET_BAN_STATE, GET_BAN_STATE.</summary>
    public static byte[] EncodeBan(CtdbBan ban) =>
        new CtdbWriter(8).UInt32(ban.Number).UInt32(ban.Seconds).ToArray();

    public static CtdbBan DecodeBan(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "ban");
        var ban = new CtdbBan(reader.UInt32(), reader.UInt32());
        reader.End();
        return ban;
    }

    public static byte[] EncodeTakeoverRun(CtdbTakeoverRun run) =>
        new CtdbWriter(16).UInt32(run.Number).UInt32(0).UInt64(run.ReplyTo).ToArray();

    public static byte[] EncodeDisable(CtdbDisable disable) => new CtdbWriter(24)
        .UInt32(disable.Number).UInt32(0).UInt64(disable.ReplyTo).UInt32(disable.Seconds).UInt32(0).ToArray();

    public static CtdbDisable DecodeDisable(ReadOnlySpan<byte> data)
    {
        var reader = new CtdbReader(data, "DISABLE_TAKEOVER_RUNS");
        var number = reader.UInt32();
        reader.UInt32();
        return new CtdbDisable(number, reader.UInt64(), reader.UInt32());
    }

    /// <summary>REGISTER_NOTIFY: the message that the daemon sends to all when this client is gone.</summary>
    public static byte[] EncodeNotify(ulong srvid, ReadOnlySpan<byte> message) =>
        new CtdbWriter(12 + message.Length)
            .UInt64(srvid).UInt32((uint)message.Length).Bytes(message).ToArray();

    /// <summary>Not a number that could be read as an IPv4 address.</summary>
    private static bool IsPlain(IPAddress address, string text) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text;

    private static CtdbPublicAddress PublicAddress(ref CtdbReader reader) =>
        new(reader.UInt32(), reader.Address().Address);

    private static CtdbWriter Write(CtdbWriter writer, CtdbPublicAddress address) =>
        writer.UInt32(address.Owner).Address(new IPEndPoint(address.Address, 0));

    private static CtdbInterface[] Interfaces(ref CtdbReader reader)
    {
        var interfaces = new CtdbInterface[reader.Count(InterfaceSize)];
        for (var i = 0; i < interfaces.Length; i++)
        {
            interfaces[i] = new CtdbInterface(
                reader.Text(InterfaceNameSize), reader.UInt16() != 0, reader.UInt32());
        }

        return interfaces;
    }

    private static CtdbWriter Write(CtdbWriter writer, IReadOnlyList<CtdbInterface> interfaces)
    {
        writer.UInt32((uint)interfaces.Count);
        foreach (var entry in interfaces)
        {
            writer.Text(entry.Name, InterfaceNameSize).UInt16((ushort)(entry.LinkUp ? 1 : 0)).UInt32(entry.References);
        }

        return writer;
    }
}
