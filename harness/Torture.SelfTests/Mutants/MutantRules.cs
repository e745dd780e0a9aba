using FluentAssertions;
using NUnit.Framework;
using Torture.Mutants;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;
using Registry = Torture.Mutants.Mutants;

namespace Torture.SelfTests.Mutants;

public sealed class MutantRules
{
    private static readonly Lazy<IReadOnlyList<string>> Good = new(() => Transcript.Of(p => new WitnessService(p)));

    private static IEnumerable<TestCaseData> OfTheWitness() => Registry.All
        .Where(m => Registry.Apply(m.Name).Witness is not null)
        .Select(m => new TestCaseData(m).SetArgDisplayNames(m.Name));

    [Test]
    public void TheGoodServiceAlwaysSaysTheSame() =>
        Transcript.Of(p => new WitnessService(p)).Should().Equal(Good.Value);

    [TestCaseSource(nameof(OfTheWitness))]
    public void DiffersFromTheGoodOne(Mutant mutant) =>
        Transcript.Of(Registry.Apply(mutant.Name).Witness!).SequenceEqual(Good.Value)
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

    [Test]
    public void AreFoundByNameInAnyLetterCase()
    {
        Registry.Apply("nevertimesout").Mutant.Name.Should().Be("NeverTimesOut");
        FluentActions.Invoking(() => Registry.Apply("nonesuch")).Should().Throw<ArgumentException>();
    }
}
