using Torture.Harness.Checking;

namespace Torture.Suites.Rpc.Witness;

/// <summary>What both register calls answer where they refuse.</summary>
internal static class RegisterReplies
{
    /// <summary>That status, and the null handle.</summary>
    public static void IsRefusal(this Checks check, string requirement, RegisterReply reply, Win32Error status)
    {
        check.That(requirement, reply, r => r.Status, status);
        check.That(Swn.NullHandleOnFailure, reply, r => r.Handle, ContextHandle.Null);
    }
}
