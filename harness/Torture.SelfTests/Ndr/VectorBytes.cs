using FluentAssertions;
using NUnit.Framework;
using Torture.Fixtures;
using Torture.Harness.Checking;
using Torture.Suites.Local.Ndr.Witness;

namespace Torture.SelfTests.Ndr;

/// <summary>What others wrote is read to the value that they name, and written again to the same bytes.</summary>
public sealed class VectorBytes
{
    private static IEnumerable<TestCaseData> Stubs() => Vector.All
        .Where(vector => vector.Direction != VectorDirection.Struct)
        .Select(vector => new TestCaseData(vector).SetArgDisplayNames($"{vector.Name}.{vector.Syntax}"));

    [TestCaseSource(nameof(Stubs))]
    public void GoThereAndBack(Vector vector)
    {
        var codec = VectorValue.CodecOf(vector);
        RoundTrip.Examine(codec, VectorValue.Of(vector), WithoutTrailer(vector), VectorValue.SyntaxOf(vector))
            .Where(check => !check.Holds).Should().BeEmpty();
    }

    /// <summary>The first request of a connection has a verification trailer behind no parameters.</summary>
    private static ReadOnlyMemory<byte> WithoutTrailer(Vector vector) =>
        vector is { Function: "witness_GetInterfaceList", Direction: VectorDirection.In } ? default : vector.Bytes;

    [Test]
    public void AreAllThere()
    {
        Vector.All.Should().HaveCount(10 + 84 + 44);
        Vector.All.Count(vector => vector.Syntax == VectorSyntax.Ndr64BigEndian).Should().Be(17);
        Vector.All.Select(vector => $"{vector}").Should().OnlyHaveUniqueItems()
            .And.AllSatisfy(name => name.Should().MatchRegex("^[A-Za-z0-9_.]+$"));
    }
}
