using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Torture.Harness.Checking;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>Hundreds of made-up values of each type survive both directions, to the last byte.</summary>
public sealed class AnyValue : Suite
{
    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.PointersAndStrings)]
    public void Register(NdrSyntax syntax) => Survives(
        Swn.PointersAndStrings, syntax, ((uint Version, string? Net, string? Ip, string? Client) made) =>
            new RegisterRequest(Spread(made.Version), made.Net, made.Ip, made.Client));

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.PointersAndStrings)]
    public void RegisterEx(NdrSyntax syntax) => Survives(
        Swn.PointersAndStrings, syntax, ((uint Version, string?[] Names, uint Flags, uint KeepAlive) made) =>
            new RegisterExRequest(
                Spread(made.Version), made.Names.ElementAtOrDefault(0), made.Names.ElementAtOrDefault(1),
                made.Names.ElementAtOrDefault(2), made.Names.ElementAtOrDefault(3), (RegisterFlags)Spread(made.Flags),
                Spread(made.KeepAlive)));

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.ContextHandle)]
    public void Handle(NdrSyntax syntax) => Survives(
        Swn.ContextHandle, syntax, ((uint Attributes, Guid Uuid) made) =>
            new HandleRequest(new ContextHandle(Spread(made.Attributes), made.Uuid)));

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.ContextHandle)]
    public void HandleAndStatus(NdrSyntax syntax) => Survives(
        Swn.ContextHandle, syntax, ((uint Attributes, Guid Uuid, uint Status) made) =>
            new HandleResponse(new ContextHandle(Spread(made.Attributes), made.Uuid), (Win32Error)Spread(made.Status)));

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.StatusFromErref)]
    public void Status(NdrSyntax syntax) => Survives(
        Swn.StatusFromErref, syntax, (uint made) => new StatusResponse((Win32Error)Spread(made)));

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.InterfaceListLayout)]
    public void InterfaceList(NdrSyntax syntax) => Survives(
        Swn.InterfaceListLayout, syntax,
        ((string? Name, uint Version, ushort State, uint IPv4, Guid IPv6, uint Flags)[] made) =>
            new GetInterfaceListResponse(
                [.. made.Select(entry => new WitnessInterface(
                    GroupName(entry.Name), Spread(entry.Version), (InterfaceState)entry.State, V4(entry.IPv4),
                    V6(entry.IPv6), (InterfaceFlags)Spread(entry.Flags)))],
                ERROR_SUCCESS));

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.NotificationLayout)]
    public void Notification(NdrSyntax syntax) => Survives(
        Swn.NotificationLayout, syntax, ((uint Kind, uint Number, byte[]? Buffer, uint Status) made) =>
            new AsyncNotifyResult(
                new AsyncNotifyResponse(
                    (NotificationKind)Spread(made.Kind), (uint)(made.Buffer?.Length ?? 0), Spread(made.Number),
                    made.Buffer is null ? default : [.. made.Buffer]),
                (Win32Error)Spread(made.Status)));

    [Test, Verifies(Swn.ResourceChangeLayout)]
    public void ResourceChanges() => Holds<(bool Available, string? Name)[]>(Swn.ResourceChangeLayout, made =>
    {
        ResourceChange[] changes =
        [
            .. made.Select(one => new ResourceChange(
                one.Available ? ChangeType.RESOURCE_STATE_AVAILABLE : ChangeType.RESOURCE_STATE_UNAVAILABLE,
                (one.Name ?? "").Replace("\0", "", StringComparison.Ordinal))),
        ];
        return WitnessBlobs.ReadResourceChanges(WitnessBlobs.ResourceChange(changes)).SequenceEqual(changes);
    });

    [TestCase(NotificationKind.CLIENT_MOVE_NOTIFICATION, TestName = "{m}.CLIENT_MOVE")]
    [TestCase(NotificationKind.SHARE_MOVE_NOTIFICATION, TestName = "{m}.SHARE_MOVE")]
    [TestCase(NotificationKind.IP_CHANGE_NOTIFICATION, TestName = "{m}.IP_CHANGE")]
    [Verifies(Swn.AddressInfoLayout)]
    public void AddressLists(NotificationKind kind) =>
        Holds<(uint Flags, uint IPv4, Guid IPv6)[][]>(Swn.AddressInfoLayout, made =>
        {
            IReadOnlyList<AddressInfo>[] lists =
            [
                .. made.Select(list => list
                    .Select(one => new AddressInfo((AddressFlags)Spread(one.Flags), V4(one.IPv4), V6(one.IPv6)))
                    .ToList()),
            ];
            var read = WitnessBlobs.ReadAddressLists(WitnessBlobs.AddressLists(kind, lists));
            return read.Count == lists.Length && read.Zip(lists).All(pair => pair.First.SequenceEqual(pair.Second));
        });

    private void Survives<TMade, T>(string requirement, NdrSyntax syntax, Func<TMade, T> make)
        where T : notnull
    {
        var codec = NdrCodec.Of<T>();
        Holds<TMade>(requirement, made =>
        {
            var value = make(made);
            var stub = codec.Encode(value, syntax);
            return value.Equals(codec.Decode(stub, syntax, out var consumed)) && consumed == stub.Length;
        });
    }

    private void Holds<TMade>(string requirement, Func<TMade, bool> holds)
    {
        var refuted = "";
        try
        {
            FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(Seed()), Prop.ForAll(holds));
        }
        catch (Exception counterexample)
        {
            refuted = counterexample.Message;
        }

        Check.Holds(
            requirement, refuted.Length == 0, "the same for each of 300 values",
            refuted.Length == 0 ? "so" : refuted, subject: "value that comes back");
    }

    private FSharpOption<Replay> Seed() =>
        FSharpOption<Replay>.Some(new Replay(new Rnd((ulong)Random.Next()), FSharpOption<int>.None));

    private static string GroupName(string? made)
    {
        var name = (made ?? "").Replace("\0", "", StringComparison.Ordinal);
        return name[..Math.Min(name.Length, 259)];
    }

    // Numbers are made small; an odd factor takes each to another one anywhere in 32 bits.
    private static uint Spread(uint made) => unchecked(made * 0x9E3779B1);

    private static IPAddress V4(uint made) => new(BitConverter.GetBytes(Spread(made)));

    private static IPAddress V6(Guid made) => new(made.ToByteArray());
}
