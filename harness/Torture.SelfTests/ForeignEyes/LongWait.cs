using NUnit.Framework;
using Torture.SelfTests.ForeignEyes;

namespace Torture.SelfTests.ForeignEyes
{
    /// <summary>Starts what takes minutes, before all that runs one by one.</summary>
    [SetUpFixture, Parallelizable]
    internal sealed class LongWait
    {
        private static readonly Lazy<SambaTimeouts> Begun = new(() => new SambaTimeouts());

        /// <summary>Runs beside everything else.</summary>
        public static SambaTimeouts Timeouts => Begun.Value;

        [OneTimeSetUp]
        public static void Begin()
        {
            ForeignRoot.Require();
            _ = Timeouts;
        }

        public static ValueTask EndAsync() => Begun.IsValueCreated ? Begun.Value.DisposeAsync() : default;
    }
}

namespace Torture.SelfTests
{
    /// <summary>It is over in another namespace than it began in: its cluster goes down at the very end.</summary>
    [SetUpFixture, Parallelizable]
    internal sealed class LongWaitEnd
    {
        [OneTimeTearDown]
        public static async Task EndAsync() => await LongWait.EndAsync();
    }
}
