using Torture.Harness.Clusters;
using Torture.Targets.Loopback;

[assembly: Target("loopback", typeof(LoopbackTarget))]
