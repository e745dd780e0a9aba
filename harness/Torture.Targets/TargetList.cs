using Torture.Harness.Clusters;
using Torture.Targets.Containers.Clusters;
using Torture.Targets.Loopback;

[assembly: Target("loopback", typeof(LoopbackTarget))]
[assembly: Target("containers", typeof(ContainersTarget))]
