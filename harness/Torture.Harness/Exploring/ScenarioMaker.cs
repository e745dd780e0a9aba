namespace Torture.Harness.Exploring;

/// <summary>Makes scenarios by chance: the same seed makes the same one.</summary>
public static class ScenarioMaker
{
    private const int LeastNodes = 2;
    private const int MostNodes = 5;
    private const int LeastActs = 4;
    private const int MostActs = 16;
    private const int MostClients = 4;
    private const int MostBroken = 2;

    /// <summary>Somebody must be left who serves, and who shows what has become of the others.</summary>
    private const int Whole = 1;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(7);

    private static readonly FaultKind[] Faults = Enum.GetValues<FaultKind>();

    public static Scenario Of(int seed)
    {
        var random = new Random(seed);
        var nodes = random.Next(LeastNodes, MostNodes + 1);
        var acts = new List<Act> { new Register(TimeSpan.Zero, 1, random.Next(nodes)) };
        var made = new Made(random, nodes);
        for (var left = random.Next(LeastActs, MostActs + 1); left > 0; left--)
        {
            acts.Add(made.Next(PauseOf(random)));
        }

        return new Scenario(seed, nodes, acts);
    }

    /// <summary>
    /// Some things happen at once, most soon after another; some when what came before was told, or has settled.
    /// </summary>
    private static TimeSpan PauseOf(Random random) => TimeSpan.FromMilliseconds(random.Next(8) switch
    {
        < 2 => 0,
        < 5 => Math.Round(Soon.TotalMilliseconds * Math.Pow(random.NextDouble(), 3)),
        < 7 => random.Next((int)Told.TotalMilliseconds, 2 * (int)Told.TotalMilliseconds),
        _ => Settled.TotalMilliseconds,
    });

    private sealed class Made(Random random, int nodes)
    {
        private readonly List<(int Number, FaultPlan Plan)> _broken = [];
        private readonly List<int> _here = [1];
        private readonly HashSet<int> _worked = [];
        private int _clients = 1;
        private int _faults;

        public Act Next(TimeSpan after) => random.Next(10) switch
        {
            0 when _clients < MostClients => Join(after),
            1 when _here.Count > 1 => Quit(after),
            2 when _worked.Count < 2 => Begin(after),
            < 6 when _broken.Count > 0 => Mend(after),
            _ when _broken.Count < Math.Min(MostBroken, nodes - Whole) => BreakOne(after),
            _ => Mend(after),
        };

        private Register Join(TimeSpan after)
        {
            _here.Add(++_clients);
            return new Register(after, _clients, random.Next(nodes));
        }

        private Leave Quit(TimeSpan after)
        {
            var at = random.Next(_here.Count);
            var client = _here[at];
            _here.RemoveAt(at);
            return new Leave(after, client);
        }

        private Work Begin(TimeSpan after)
        {
            int address;
            do
            {
                address = random.Next(nodes);
            }
            while (!_worked.Add(address));

            return new Work(after, address);
        }

        private Heal Mend(TimeSpan after)
        {
            var at = random.Next(_broken.Count);
            var number = _broken[at].Number;
            _broken.RemoveAt(at);
            return new Heal(after, number);
        }

        private Break BreakOne(TimeSpan after)
        {
            var kind = Faults[random.Next(Faults.Length)];
            var plan = kind switch
            {
                FaultKind.MoveClient => new FaultPlan(kind, _here[random.Next(_here.Count)], random.Next(nodes)),
                FaultKind.Cut => Cut(),
                _ => new FaultPlan(kind, random.Next(nodes), random.Next(nodes)),
            };
            var number = ++_faults;
            if (kind != FaultKind.MoveClient)
            {
                _broken.Add((number, plan));
            }

            return new Break(after, number, plan);
        }

        private FaultPlan Cut()
        {
            var from = random.Next(nodes);
            return new FaultPlan(FaultKind.Cut, from, (from + 1 + random.Next(nodes - 1)) % nodes);
        }
    }
}
