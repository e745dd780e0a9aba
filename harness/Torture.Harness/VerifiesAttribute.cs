using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;
using Torture.Harness.Running;

namespace Torture.Harness;

/// <summary>
/// Makes a test a case: names the requirements that it verifies, and settles its verdict. A case that checked none of
/// one of them has failed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VerifiesAttribute(params string[] requirements)
    : NUnitAttribute, IWrapSetUpTearDown, IApplyToTest
{
    /// <summary>Name of the NUnit property that lists the requirements.</summary>
    public const string Property = "Verifies";

    public IReadOnlyList<string> Requirements { get; } = requirements;

    public TestCommand Wrap(TestCommand command) => new CaseCommand(command);

    public void ApplyToTest(Test test)
    {
        foreach (var requirement in Requirements)
        {
            test.Properties.Add(Property, requirement);
        }
    }
}

/// <summary>
/// The case breaks something that other cases need: it runs alone. Cases that use the nemesis carry it, or their
/// fixture.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class BreaksClusterAttribute() : ParallelizableAttribute(ParallelScope.None)
{
}
