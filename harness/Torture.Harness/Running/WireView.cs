using Torture.Harness.Witness;

namespace Torture.Harness.Running;

/// <summary>What the packets of a case show.</summary>
internal sealed class WireView
{
    /// <summary>The reply of the same call as the packets have it; null where no packet shows the call.</summary>
    public WireReply? Find(Reply reply) => null;
}

/// <param name="Frame">Of the answer; of the request where no answer came.</param>
internal sealed record WireReply(Reply Reply, long Frame);
