using NUnit.Framework;
using Torture.SelfTests.ForeignEyes;

namespace Torture.SelfTests.ForeignEyes
{
    /// <summary>Brings the cluster up for all that look at it, and starts what takes minutes.</summary>
    [SetUpFixture]
    internal sealed class ForeignClusters
    {
        private static readonly Lazy<Task<ForeignCluster>> Up = new(() => ForeignCluster.UpAsync());
        private static readonly Lazy<SambaTimeouts> Begun = new(() => new SambaTimeouts());

        public static Task<ForeignCluster> Shared => Up.Value;

        /// <summary>Runs beside everything else.</summary>
        public static SambaTimeouts Timeouts => Begun.Value;

        [OneTimeSetUp]
        public static void Begin()
        {
            ForeignRoot.Require();
            _ = Timeouts;
        }

        public static async Task EndAsync()
        {
            if (Up.IsValueCreated && Up.Value.IsCompletedSuccessfully)
            {
                await (await Up.Value).DisposeAsync();
            }

            if (Begun.IsValueCreated)
            {
                await Begun.Value.DisposeAsync();
            }
        }
    }
}

namespace Torture.SelfTests
{
    /// <summary>The long wait is over in another namespace than it began in: all goes down at the very end.</summary>
    [SetUpFixture]
    internal sealed class ForeignClustersEnd
    {
        [OneTimeTearDown]
        public static Task EndAsync() => ForeignClusters.EndAsync();
    }
}
