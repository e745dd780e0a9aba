using System.Reflection;
using FluentAssertions;
using NUnit.Framework;

namespace Torture.SelfTests.Architecture;

/// <summary>The walls between the rooms, as the compiled assemblies show them.</summary>
public sealed class Walls
{
    private static readonly string[] Rooms =
    [
        "Torture.Requirements", "Torture.Fixtures", "Torture.Protocol", "Torture.Captures", "Torture.Harness",
        "Torture.ReferenceServer", "Torture.Mutants", "Torture.Targets", "Torture.Suites", "torture-node", "torture",
    ];

    [TestCase("Torture.Requirements")]
    [TestCase("Torture.Fixtures")]
    [TestCase("Torture.Protocol")]
    [TestCase("Torture.Captures", "Torture.Protocol")]
    [TestCase("Torture.Harness", "Torture.Protocol", "Torture.Captures", "Torture.Requirements")]
    [TestCase("Torture.ReferenceServer", "Torture.Protocol", "Torture.Requirements")]
    [TestCase("Torture.Mutants", "Torture.ReferenceServer", "Torture.Protocol", "Torture.Requirements")]
    [TestCase("Torture.Suites", "Torture.Harness", "Torture.Protocol", "Torture.Captures", "Torture.Requirements",
        "Torture.Fixtures")]
    public void RoomSeesOnly(string room, params string[] allowed) =>
        ReferencesOf(room).Intersect(Rooms).Should().BeSubsetOf(allowed);

    [TestCase("Torture.Harness")]
    [TestCase("Torture.Protocol")]
    [TestCase("Torture.Suites")]
    public void OpensNoSocket(string room) =>
        TypesUsedBy(room).Should().NotContain(
            ["System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.TcpListener"]);

    [TestCase("Torture.Protocol")]
    [TestCase("Torture.ReferenceServer")]
    public void HasNoPackage(string room) =>
        ReferencesOf(room).Where(name => !name.StartsWith("System", StringComparison.Ordinal))
            .Except(Rooms).Except(["netstandard", "mscorlib", "Microsoft.Win32.Primitives"]).Should().BeEmpty();

    private static List<string> ReferencesOf(string room) =>
        [.. Assembly.Load(room).GetReferencedAssemblies().Select(reference => reference.Name!)];

    private static List<string> TypesUsedBy(string room)
    {
        using var file = File.OpenRead(Assembly.Load(room).Location);
        using var portable = new System.Reflection.PortableExecutable.PEReader(file);
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(portable);
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }
}
