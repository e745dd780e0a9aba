using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Running;
using Torture.Mutants;
using Torture.Protocol.Rpc;
using Torture.Protocol.Smb2;
using Torture.Protocol.EndpointMapper;
using Torture.ReferenceServer.Failover;
using Torture.Protocol.Management;
using Torture.ReferenceServer.Takeover;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;
using Registry = Torture.Mutants.Mutants;

namespace Torture.SelfTests.Mutants;

public sealed class MutantRules
{
    private static readonly Lazy<IReadOnlyList<string>> Good = new(() => Transcript.Of(p => new WitnessService(p)));

    private static readonly Type[] Parts =
    [
        typeof(WitnessService), typeof(RpcServer), typeof(FailoverEngine), typeof(Fence), typeof(NodeClusterView),
        typeof(EndpointMapperService), typeof(ManagementService), typeof(Smb2Server), typeof(ReferenceNode),
        typeof(KernelAddressPlane),
    ];

    private static IEnumerable<TestCaseData> All() =>
        Registry.All.Select(m => new TestCaseData(m).SetArgDisplayNames(m.Name));

    /// <summary>What the conversation of the transcript does not touch; cases see it (CasesSeeMutants).</summary>
    private static readonly string[] Untouched =
    [
        "FirstIPChangeWins", "FirstShareMoveWins", "HandlesComeAgain", "HandlesOutliveNode", "MappedAddressesTaken",
        "Ndr64StringsUnreadable", "OneInFiftyStays", "OneLetterFaults", "PollsLookedAtLate", "UnreadableNeverAnswered",
    ];

    private static IEnumerable<TestCaseData> OfTheWitness() => Registry.All
        .Where(m => m.Part.IsSubclassOf(typeof(WitnessService)) && !Untouched.Contains(m.Name))
        .Select(m => new TestCaseData(m).SetArgDisplayNames(m.Name));

    [Test]
    public void TheGoodServiceAlwaysSaysTheSame() =>
        Transcript.Of(p => new WitnessService(p)).Should().Equal(Good.Value);

    [TestCaseSource(nameof(OfTheWitness))]
    public void DiffersFromTheGoodOne(Mutant mutant) =>
        Transcript.Of(parts => mutant.Create<WitnessService>(parts)!).SequenceEqual(Good.Value)
            .Should().BeFalse(mutant.Sentence);

    [Test]
    public void SayWhatIsWrongAndWhatItViolates()
    {
        Registry.All.Should().HaveCountGreaterThan(100);
        Registry.All.Select(m => m.Sentence).Should().OnlyHaveUniqueItems()
            .And.OnlyContain(sentence => sentence.EndsWith('.'));
        Registry.All.Should().OnlyContain(m => m.Violates.Count > 0);
        var unknown = Registry.All.SelectMany(m => m.Violates).Where(id => Catalogue.All.All(r => r.Id != id));
        unknown.Should().BeEmpty();
    }

    /// <summary>Of DCE/RPC: what a case says that it verifies, some server does wrong.</summary>
    [Test]
    public void LeaveNoSentenceOfRpcWithoutADefect()
    {
        var declared = new SuiteRunner().Cases.SelectMany(planned => planned.Requirements).Distinct()
            .Where(id => id.StartsWith("RPC-", StringComparison.Ordinal));
        var violated = Registry.All.SelectMany(m => m.Violates).ToHashSet();

        declared.Where(id => !violated.Contains(id)).Should().BeEmpty();
    }

    [TestCaseSource(nameof(All))]
    public void AreMadeAsTheirPartIs(Mutant mutant)
    {
        var part = Parts.Single(mutant.Part.IsSubclassOf);

        Parameters(mutant.Part).Should().Equal(Parameters(part));
    }

    [Test]
    public void AreFoundByNameInAnyLetterCase()
    {
        Registry.Find("nevertimesout")!.Name.Should().Be("NeverTimesOut");
        Registry.Find("nonesuch").Should().BeNull();
    }

    private static IEnumerable<Type> Parameters(Type type) =>
        type.GetConstructors().Single().GetParameters().Select(parameter => parameter.ParameterType);
}
