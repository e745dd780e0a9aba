using FluentAssertions;
using NUnit.Framework;
using Torture.Fixtures;
using Torture.Protocol.Ndr;
using Torture.Suites.Local.Ndr.Witness;

namespace Torture.SelfTests.Ndr;

/// <summary>
/// Every byte of every vector counts: one that is flipped makes the decoder refuse or give another value. Those that
/// mean nothing are told by where they lie: gaps, referent ids, maximum counts of strings, names behind their end.
/// </summary>
public sealed class VectorFlips
{
    private static IEnumerable<TestCaseData> Stubs() => Vector.All
        .Where(vector => vector.Direction != VectorDirection.Struct)
        .Select(vector => new TestCaseData(vector).SetArgDisplayNames($"{vector.Name}.{vector.Syntax}"));

    [TestCaseSource(nameof(Stubs))]
    public void AreNoticed(Vector vector)
    {
        var meaningless = MeaninglessBytes.Of(vector);

        Enumerable.Range(0, vector.Bytes.Length)
            .Where(offset => !meaningless.Contains(offset) && !IsNoticed(vector, offset))
            .Should().BeEmpty();
    }

    private static bool IsNoticed(Vector vector, int offset) =>
        new byte[] { 0x01, 0x80, 0xFF }.All(flip => IsNoticed(vector, offset, flip));

    private static bool IsNoticed(Vector vector, int offset, byte flip)
    {
        var stub = vector.Bytes.ToArray();
        stub[offset] ^= flip;
        try
        {
            var value = VectorValue.CodecOf(vector).Decode(stub, VectorValue.SyntaxOf(vector), out _);
            return !value.Equals(VectorValue.Of(vector));
        }
        catch (NdrException)
        {
            return true;
        }
    }

    [Test]
    public void MeaninglessBytesAreFew()
    {
        var register = Vector.Load("Register_v1_basic");
        var list = Vector.Load("GIL_one_v4");

        MeaninglessBytes.Of(register).Should().HaveCount(3 * 4 + 3 * 4 + 2 + 2);
        MeaninglessBytes.Of(list).Should().HaveCount(2 * 4 + (260 - 9) * 2 + 2);
    }
}
