using Torture.Harness.Clusters;
using Torture.Targets.Containers.Clusters;
using Torture.Targets.Hooks;
using Torture.Targets.Loopback;
using Torture.Targets.Simulation;

[assembly: Target("loopback", typeof(LoopbackTarget))]
[assembly: Target("simulation", typeof(SimulationTarget))]
[assembly: Target("containers", typeof(ContainersTarget))]
[assembly: Target("containers-ctdb", typeof(ContainersTarget))]

// Target files: any by its path, the shipped ones by their names.
[assembly: Target("file", typeof(HookTarget))]
[assembly: Target("loopback-hooks", typeof(HookTarget))]
[assembly: Target("samba-ctdb", typeof(HookTarget))]
