using System.Text;

namespace Torture.Harness.Exploring;

/// <summary>A scenario as a case of <c>Torture.Suites.Failover</c>, to be pasted there.</summary>
public static class ScenarioWriter
{
    public static string ToCase(Scenario scenario)
    {
        var text = new StringBuilder();
        Line(text, 0, $"// torture explore --from {scenario.Seed} --seeds 1, with {scenario.Nodes} nodes.");
        Line(text, 0, "[Test, BreaksCluster, Verifies(/* what it broke */)]");
        Line(text, 0, $"public async Task Seed{scenario.Seed}()");
        Line(text, 0, "{");
        foreach (var act in scenario.Acts)
        {
            if (act.After > TimeSpan.Zero)
            {
                Line(text, 1, $"await PassAsync(TimeSpan.FromMilliseconds({act.After.TotalMilliseconds:0}));");
            }

            foreach (var line in IsPossible(act, scenario) ? LinesOf(act, scenario.Nodes) : [])
            {
                Line(text, 1, line);
            }
        }

        foreach (var open in OpenOf(scenario).Reverse())
        {
            Line(text, 1, $"await outage{open}.HealAsync();");
        }

        Line(text, 0, "}");
        return text.ToString();
    }

    /// <summary>Acts that stayed only for the time they take may be of something that is not there.</summary>
    private static bool IsPossible(Act act, Scenario scenario) => act switch
    {
        Leave leave => scenario.Acts.OfType<Register>().Any(register => register.Client == leave.Client),
        Heal heal => scenario.Acts.OfType<Break>().Any(broken => broken.Number == heal.Number),
        _ => true,
    };

    private static string[] LinesOf(Act act, int nodes) => act switch
    {
        Register register =>
        [
            $"var registration{register.Client} = await RegisterAsync("
                + $"{AddressOf(register.Address, nodes)}, client: AnotherClient());",
            $"_ = Hearer.Throughout(registration{register.Client});",
        ],
        Leave leave => [$"await registration{leave.Client}.UnRegisterAsync();"],
        Work work =>
        [
            $"await using var workload{work.Address} = await Workload.StartAsync("
                + $"Cluster, {AddressOf(work.Address, nodes)}, AnotherClient());",
        ],
        Break { Fault.Kind: FaultKind.MoveClient } broken =>
            [$"await Nemesis.InjectAsync({FaultOf(broken.Fault, nodes)});"],
        Break broken =>
            [$"var outage{broken.Number} = await Nemesis.InjectAsync({FaultOf(broken.Fault, nodes)});"],
        Heal heal => [$"await outage{heal.Number}.HealAsync();"],
        _ => throw new ArgumentException($"no such act: {act}"),
    };

    private static string FaultOf(FaultPlan plan, int nodes) => plan.Kind switch
    {
        FaultKind.Kill => $"new KillNode({NodeOf(plan.Subject, nodes)})",
        FaultKind.Pause => $"new PauseNode({NodeOf(plan.Subject, nodes)})",
        FaultKind.Stop => $"new StopNode({NodeOf(plan.Subject, nodes)})",
        FaultKind.Disable => $"new DisableNode({NodeOf(plan.Subject, nodes)})",
        FaultKind.Ban => $"new BanNode({NodeOf(plan.Subject, nodes)})",
        FaultKind.StopWitness => $"new StopWitness({NodeOf(plan.Subject, nodes)})",
        FaultKind.Cut => $"new Partition({NodeOf(plan.Subject, nodes)}, {NodeOf(plan.Node, nodes)})",
        FaultKind.LoseLock => "new LoseRecoveryLock()",
        FaultKind.MoveAddress =>
            $"new MoveAddress({AddressOf(plan.Subject, nodes)}, {NodeOf(plan.Node, nodes)})",
        FaultKind.MoveClient =>
            $"new MoveClient(registration{plan.Subject}.Request.ClientComputerName!, {NodeOf(plan.Node, nodes)})",
        _ => throw new ArgumentException($"no such fault: {plan}"),
    };

    private static string NodeOf(int number, int nodes) => $"Cluster.Nodes[{number % nodes}]";

    private static string AddressOf(int number, int nodes) => $"Cluster.PublicAddresses[{number % nodes}]";

    private static IEnumerable<int> OpenOf(Scenario scenario) => scenario.Acts.OfType<Break>()
        .Where(broken => broken.Fault.Kind != FaultKind.MoveClient)
        .Select(broken => broken.Number).Except(scenario.Acts.OfType<Heal>().Select(heal => heal.Number));

    private static void Line(StringBuilder text, int depth, string line) =>
        text.Append(' ', 4 * depth).Append(line).Append('\n');
}
