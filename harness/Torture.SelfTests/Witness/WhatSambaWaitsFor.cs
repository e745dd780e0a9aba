using FluentAssertions;
using NUnit.Framework;
using Torture.SelfTests.ForeignEyes;

namespace Torture.SelfTests.Witness;

/// <summary>It stands in the last namespace, since what it awaits began with the first of the foreign eyes.</summary>
public sealed class WhatSambaWaitsFor
{
    /// <summary>
    /// The test waits for all its time-outs, then says that it found no CLUSAPI or share; see
    /// <see cref="SambaTorture"/> for why that is its outcome.
    /// </summary>
    [Test, Category("slow"), CancelAfter(400_000)]
    public async Task EachTimeoutElapses(CancellationToken cancellationToken)
    {
        ForeignRoot.Require();
        var (exitCode, output) = await LongWait.Timeouts.Result.WaitAsync(cancellationToken);

        output.Should().Contain("with timeout of 120 ");
        SambaTorture.OutcomeOf("AsyncNotify_timeouts", exitCode, output)
            .Should().BeOneOf("failed to connect dcerpc pipe", "failed to setup srvsvc connection");
    }
}
