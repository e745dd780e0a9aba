using Torture.Harness.Running;

/// <summary>Begins and ends the run where no command has done so.</summary>
[SetUpFixture]
public sealed class RunFixture
{
    [OneTimeSetUp]
    public void Begin() => TortureRun.BeginUnderTestPlatform();

    [OneTimeTearDown]
    public Task EndAsync() => TortureRun.EndUnderTestPlatformAsync();
}
