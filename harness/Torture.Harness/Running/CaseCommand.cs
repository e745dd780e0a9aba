using System.Reflection;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>
/// Runs one case and gives NUnit its verdict. It invokes the method itself, so that a case which does not come to its
/// end can be left behind.
/// </summary>
internal sealed class CaseCommand(TestCommand inner) : DelegatingTestCommand(inner)
{
    private static readonly ResultState Inconclusive = new(TestStatus.Failed, "Inconclusive");

    public override TestResult Execute(TestExecutionContext context)
    {
        var planned = PlannedCase.Of(context.CurrentTest)!;
        var suite = context.TestObject as Suite
            ?? throw new InvalidOperationException($"{planned.FullName} has [Verifies] and is not in a Suite");
        var method = context.CurrentTest.Method!.MethodInfo;
        var arguments = context.CurrentTest.Arguments;

        // NUnit has given this case a thread of its own, which has nothing else to do.
        var lane = TortureRun.LaneOf(context.CurrentTest);
        var result = lane.ExecuteAsync(planned, suite, () => Invoke(method, suite, arguments))
            .GetAwaiter().GetResult();
        context.CurrentResult.SetResult(StateOf(result.Verdict), result.Message ?? result.Reason ?? "");
        return context.CurrentResult;
    }

    private static ResultState StateOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => ResultState.Success,
        Verdict.NotStrict or Verdict.Expected => ResultState.Warning,
        Verdict.NotSupported => ResultState.Skipped,
        Verdict.Inconclusive => Inconclusive,
        _ => ResultState.Failure,
    };

    private static async Task Invoke(MethodInfo method, object suite, object?[] arguments)
    {
        const BindingFlags flags = BindingFlags.DoNotWrapExceptions;
        switch (method.Invoke(suite, flags, binder: null, arguments, culture: null))
        {
            case Task task:
                await task;
                break;
            case ValueTask task:
                await task;
                break;
        }
    }
}
