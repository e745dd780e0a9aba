using Torture.Fixtures;
using Torture.Protocol.Witness;
using Torture.Suites.Local.Ndr.Witness;

namespace Torture.SelfTests.Ndr;

/// <summary>Walks a stub by the layout of its value, without the codec, for the offsets that mean nothing.</summary>
internal sealed class MeaninglessBytes
{
    private readonly HashSet<int> _offsets = [];
    private readonly int _native;
    private int _position;

    private MeaninglessBytes(Vector vector) => _native = vector.Syntax.Is64 ? 8 : 4;

    public static IReadOnlySet<int> Of(Vector vector)
    {
        var walk = new MeaninglessBytes(vector);
        walk.Walk(VectorValue.Of(vector), vector.Bytes.Length);
        return walk._offsets;
    }

    private void Walk(object value, int length)
    {
        switch (value)
        {
            case GetInterfaceListRequest: Ignore(length); break;
            case GetInterfaceListResponse list: InterfaceList(list); break;
            case RegisterRequest request:
                Number(4);
                Names(request.NetName, request.IpAddress, request.ClientComputerName);
                break;
            case RegisterExRequest request:
                Number(4);
                Names(request.NetName, request.ShareName, request.IpAddress, request.ClientComputerName);
                Number(4);
                Number(4);
                break;
            case AsyncNotifyResult result: Notification(result); break;
        }
    }

    private void InterfaceList(GetInterfaceListResponse list)
    {
        Pointer();
        Number(4);
        Pointer();
        Number(_native);
        foreach (var entry in list.Interfaces!.Value)
        {
            var text = 2 * (entry.GroupName.Length + 1);
            Skip(text);
            Ignore(520 - text);
            Number(4);
            Number(2);
            Align(4);
            Skip(4 + 16);
            Number(4);
        }

        Number(4);
    }

    private void Notification(AsyncNotifyResult result)
    {
        if (result.Response is null)
        {
            Skip(_native);
        }
        else
        {
            Pointer();
            Number(4);
            Number(4);
            Number(4);
            Pointer();
            Number(_native);
            Skip(result.Response.MessageBuffer.Length);
        }

        Number(4);
    }

    private void Names(params string?[] names)
    {
        foreach (var name in names)
        {
            if (name is null)
            {
                Number(_native);
                continue;
            }

            Pointer();
            Align(_native);
            Ignore(_native);
            Number(_native);
            Number(_native);
            Skip(2 * (name.Length + 1));
        }
    }

    private void Pointer()
    {
        Align(_native);
        Ignore(_native);
    }

    private void Number(int size)
    {
        Align(size);
        Skip(size);
    }

    private void Align(int size) => Ignore(-_position & (size - 1));

    private void Ignore(int count)
    {
        _offsets.UnionWith(Enumerable.Range(_position, count));
        _position += count;
    }

    private void Skip(int count) => _position += count;
}
