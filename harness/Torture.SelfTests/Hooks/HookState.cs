using NUnit.Framework;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Hooks;

/// <summary>Ledgers and unpacked target files of tests stay out of the user's own folder.</summary>
[SetUpFixture]
internal sealed class HookState
{
    private static readonly TemporaryFolder Folder = new();

    [OneTimeSetUp]
    public void Begin() => Environment.SetEnvironmentVariable("TORTURE_STATE", Folder.Path);

    [OneTimeTearDown]
    public void End() => Folder.Dispose();
}
