using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Running;

namespace Torture.Harness.Faults;

/// <summary>
/// By which echoes a fault of a link is seen: the node's kernel answers questions at once and in their order, so what
/// the capture shows otherwise is the link's doing.
/// </summary>
internal static class LinkProof
{
    private const int Questions = 10;

    /// <summary>What is not answered so long after is lost.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>Questions wait unseen while the link address of the asked is not known: now it still answers.</summary>
    public static void Greet(CaseRun run, Fault fault)
    {
        if (run.Capture is not null && fault is LinkFault { Address: { } address })
        {
            run.Cluster.AskEchoes(address, 1);
        }
    }

    /// <summary>Asks, and says what all echoes since the marker show; null: nothing yet.</summary>
    public static async Task<string?> LookAsync(CaseRun run, LinkFault fault, long marker)
    {
        if (fault.Address is not { } address)
        {
            throw new InconclusiveException($"{fault}: its address there is not known, so nobody can ask it");
        }

        // Many at once would wait for each other on a slow link.
        run.Cluster.AskEchoes(address, fault is SlowLink ? 1 : Questions);
        await run.FlushAsync(run.Limits.Effect);
        if (run.Capture!.After(marker) is not [var mark, .., var last])
        {
            return null;
        }

        var packets = run.Capture.Packets.Where(packet => packet.Number > mark.Packet.Number);
        return Of(fault, Echo.AllOf(packets, address), last.Packet.TimeNanoseconds);
    }

    /// <param name="echoes">In the order of their questions.</param>
    /// <param name="until">The capture was seen so far, nanoseconds.</param>
    public static string? Of(LinkFault fault, IReadOnlyList<Echo> echoes, long until) => fault switch
    {
        SlowLink slow => Slow(slow, echoes),
        LossyLink => Lost(echoes, until),
        DuplicatingLink => Twice(echoes),
        ReorderingLink late => Overtaken(late, echoes),
        FlappingLink => Flapped(echoes, until),
        _ => null,
    };

    private static string? Slow(SlowLink fault, IReadOnlyList<Echo> echoes)
    {
        var ways = fault.Direction == Direction.Both ? 2 : 1;
        var least = ways * (fault.Delay + fault.TimeOf(EchoSender.Length));
        var answered = echoes.Where(echo => echo.Time is not null).ToList();
        return answered.Count > 0 && answered.TrueForAll(echo => echo.Time >= least)
            ? $"frame {answered[0].Answers[0].Packet.Number}: an answer after"
                + $" {answered.Min(echo => echo.Time)!.Value.TotalMilliseconds:0} ms, and none sooner"
            : null;
    }

    /// <summary>A later one was answered: a kernel that gets no time answers none.</summary>
    private static string? Lost(IReadOnlyList<Echo> echoes, long until)
    {
        var last = echoes.LastOrDefault(echo => echo.Answers.Count > 0)?.AskedAt;
        var lost = echoes.Where(echo => IsLost(echo, until) && echo.AskedAt < last).ToList();
        return lost.Count > 0
            ? $"frame {lost[0].Question.Packet.Number}: never answered, as {lost.Count} of {echoes.Count}"
            : null;
    }

    private static string? Twice(IReadOnlyList<Echo> echoes) =>
        echoes.FirstOrDefault(echo => echo.Answers.Count > 1) is { } twice
            ? $"frames {twice.Answers[0].Packet.Number} and {twice.Answers[1].Packet.Number}: answered twice"
            : null;

    /// <summary>By as much as the fault says: two processors of a kernel pass each other by less.</summary>
    private static string? Overtaken(ReorderingLink fault, IReadOnlyList<Echo> echoes)
    {
        var answered = echoes.Where(echo => echo.Answers.Count > 0).ToList();
        return answered.Zip(answered.Skip(1)).Where(pair => pair.First.Time >= fault.Late)
            .Select(pair => (One: pair.First.Answers[0].Packet, Next: pair.Second.Answers[0].Packet))
            .Where(pair => pair.Next.Number < pair.One.Number)
            .Select(pair => $"frame {pair.Next.Number}: an answer that overtook frame {pair.One.Number}")
            .FirstOrDefault();
    }

    /// <summary>Nobody answers for longer than the limit, and then again.</summary>
    private static string? Flapped(IReadOnlyList<Echo> echoes, long until)
    {
        Echo? first = null;
        foreach (var echo in echoes)
        {
            if (IsLost(echo, until))
            {
                first ??= echo;
            }
            else if (first is not null && echo.Answers.Count > 0)
            {
                if (echo.AskedAt - first.AskedAt > AnswerLimit.TotalNanoseconds)
                {
                    return $"frames {first.Question.Packet.Number} to {echo.Question.Packet.Number}: nobody answers;"
                        + $" frame {echo.Answers[0].Packet.Number}: answered again";
                }

                first = null;
            }
        }

        return null;
    }

    private static bool IsLost(Echo echo, long until) =>
        echo.Answers.Count == 0 && until - echo.AskedAt > AnswerLimit.TotalNanoseconds;
}
