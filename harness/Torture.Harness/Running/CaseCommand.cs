using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace Torture.Harness.Running;

/// <summary>Runs one case and settles its verdict.</summary>
internal sealed class CaseCommand(TestCommand inner, VerifiesAttribute declared) : DelegatingTestCommand(inner)
{
    public override TestResult Execute(TestExecutionContext context)
    {
        _ = declared;
        return innerCommand.Execute(context);
    }
}
