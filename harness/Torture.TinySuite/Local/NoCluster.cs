using NUnit.Framework;
using Torture.Harness;
using Torture.Requirements;

namespace Torture.Suites.Local.Tiny;

/// <summary>Needs no cluster and gets none.</summary>
public sealed class NoCluster : Suite
{
    [Test, Verifies(House.EncoderRoundTrips)]
    public void Passes() => Check.That(House.EncoderRoundTrips, "a", "a");

    [Test, Verifies(House.EncoderRoundTrips)]
    public void AsksForOne() => Check.That(House.EncoderRoundTrips, Cluster.NetName, "cluster");
}
