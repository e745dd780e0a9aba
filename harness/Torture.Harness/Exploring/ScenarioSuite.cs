using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Running;
using Torture.Harness.Witness;
using Torture.Requirements;

namespace Torture.Harness.Exploring;

/// <summary>Plays a scenario as a case does: by the verbs of cases, watched by the same checkers.</summary>
internal sealed class ScenarioSuite(Scenario scenario, CaseRun run) : Suite
{
    /// <summary>So that a lost operation is missed soon, and an hour of them takes no time.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, Registration> _registrations = [];
    private readonly Dictionary<int, IOutage> _outages = [];
    private readonly List<Workload> _workloads = [];

    public async Task PlayAsync()
    {
        Case = run;
        try
        {
            foreach (var act in scenario.Acts)
            {
                await PassAsync(act.After);
                if (act.After > Cluster.Limits.Failover)
                {
                    CheckIsServed(await Cluster.ObserveAsync(Deadline));
                }

                await DoAsync(act);
            }

            foreach (var (_, outage) in _outages.OrderByDescending(open => open.Key))
            {
                await outage.HealAsync();
            }

            // What is still to be told is told, and can be seen to be missing.
            await PassAsync(Cluster.Limits.Notification + Quiet);
            await CheckAsync();
        }
        finally
        {
            await EndAsync();
        }
    }

    private Task DoAsync(Act act) => act switch
    {
        Register register => BeginAsync(register),
        Leave leave => EndAsync(leave.Client),
        Work work => WorkAsync(work),
        Break broken => BreakAsync(broken),
        Heal heal => HealAsync(heal.Number),
        _ => throw new ArgumentException($"no such act: {act}"),
    };

    private async Task BeginAsync(Register act)
    {
        try
        {
            var registration = await RegisterAsync(AddressOf(act.Address), client: AnotherClient());
            _registrations[act.Client] = registration;
            _ = HearAsync(registration);
        }
        catch (InconclusiveException nobody)
        {
            // Whether somebody is to be had depends on what was broken.
            Note($"client {act.Client} does not register: {nobody.Message}");
        }
    }

    private static async Task HearAsync(Registration registration)
    {
        while ((await registration.AsyncNotifyAsync()).Response is not null)
        {
        }
    }

    private async Task EndAsync(int client)
    {
        if (_registrations.Remove(client, out var registration))
        {
            await registration.DisposeAsync();
        }
    }

    private async Task WorkAsync(Work act)
    {
        try
        {
            _workloads.Add(await Workload.StartAsync(
                Cluster, AddressOf(act.Address), AnotherClient(), Pace));
        }
        catch (InconclusiveException nobody)
        {
            Note($"no workload at {AddressOf(act.Address)}: {nobody.Message}");
        }
    }

    private async Task BreakAsync(Break act)
    {
        var now = await Cluster.ObserveAsync(Deadline);
        if (FaultOf(act.Fault) is not { } fault || Effects.IsSoAlready(fault, now) is not null
            || _outages.Values.Any(open => open.Fault == fault || IsInTheWay(open.Fault, fault, now)))
        {
            Note($"{act.Fault} is left out");
            return;
        }

        try
        {
            // Who could have shown it may be broken, too.
            var outage = await Nemesis.RequestAsync(fault);
            if (!fault.IsEvent)
            {
                _outages[act.Number] = outage;
            }
        }
        catch (NothingToChangeException meanwhile)
        {
            Note($"{act.Fault} is left out: {meanwhile.Message}");
        }
    }

    private async Task HealAsync(int number)
    {
        if (_outages.Remove(number, out var outage))
        {
            await outage.HealAsync();
        }
    }

    /// <summary>A node that is broken cannot be told, or seen, to be broken in another way, too.</summary>
    private static bool IsInTheWay(Fault open, Fault fault, ClusterObservation now) =>
        NodesOf(open, now).Intersect(NodesOf(fault, now)).Any();

    private static IEnumerable<Node> NodesOf(Fault fault, ClusterObservation now) => fault switch
    {
        KillNode kill => [kill.Node],
        PauseNode pause => [pause.Node],
        StopNode stop => [stop.Node],
        DisableNode disable => [disable.Node],
        BanNode ban => [ban.Node],
        StopWitness stop => [stop.Node],
        Partition cut => [cut.From, cut.To],
        MoveAddress move => [move.To],
        // Its holder must be there to be given it back, whoever leads by then.
        LoseRecoveryLock => now.Nodes.Select(node => node.Node),
        _ => [],
    };

    /// <summary>Null: of a client that is not there.</summary>
    private Fault? FaultOf(FaultPlan plan) => plan.Kind switch
    {
        FaultKind.Kill => new KillNode(NodeOf(plan.Subject)),
        FaultKind.Pause => new PauseNode(NodeOf(plan.Subject)),
        FaultKind.Stop => new StopNode(NodeOf(plan.Subject)),
        FaultKind.Disable => new DisableNode(NodeOf(plan.Subject)),
        FaultKind.Ban => new BanNode(NodeOf(plan.Subject)),
        FaultKind.StopWitness => new StopWitness(NodeOf(plan.Subject)),
        FaultKind.Cut => new Partition(NodeOf(plan.Subject), NodeOf(plan.Node)),
        FaultKind.LoseLock => new LoseRecoveryLock(),
        FaultKind.MoveAddress => new MoveAddress(AddressOf(plan.Subject), NodeOf(plan.Node)),
        FaultKind.MoveClient => _registrations.TryGetValue(plan.Subject, out var registration)
            ? new MoveClient(registration.Request.ClientComputerName!, NodeOf(plan.Node))
            : null,
        _ => throw new ArgumentException($"no such fault: {plan}"),
    };

    /// <summary>After so long a time, by nodes that are whole, unless it is open which of them may serve.</summary>
    private void CheckIsServed(ClusterObservation seen)
    {
        if (_outages.Values.Any(open => open.Fault is Partition or LoseRecoveryLock))
        {
            return;
        }

        var broken = _outages.Values.SelectMany(open => open.Fault is StopWitness or MoveAddress
            ? []
            : NodesOf(open.Fault, seen)).ToHashSet();
        foreach (var address in Cluster.PublicAddresses)
        {
            Check.Holds(
                Ctdb.EveryAddressServed, seen.OwnerOf(address) is { } owner && !broken.Contains(owner),
                $"{address} has one owner, and none of {string.Join(", ", broken)}", $"{seen}");
        }
    }

    private Task CheckAsync() => Check.HistoryAsync(
        new NoNotificationLost(Cluster.Limits.Notification), new NotifiedWithin(Cluster.Limits.Notification));

    private async Task EndAsync()
    {
        foreach (var registration in _registrations.Values)
        {
            await registration.DisposeAsync();
        }

        foreach (var workload in _workloads)
        {
            await workload.DisposeAsync();
        }
    }

    private Node NodeOf(int number) => Cluster.Nodes[number % Cluster.Nodes.Count];

    private PublicAddress AddressOf(int number) => Cluster.PublicAddresses[number % Cluster.Nodes.Count];
}
