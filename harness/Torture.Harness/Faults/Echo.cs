using System.Net;
using Torture.Captures;

namespace Torture.Harness.Faults;

/// <summary>A question for an echo and its answers, as captured.</summary>
internal sealed record Echo(EchoView Question, IReadOnlyList<EchoView> Answers)
{
    /// <summary>Nanoseconds since 1970.</summary>
    public long AskedAt => Question.Packet.TimeNanoseconds;

    /// <summary>Until the first answer; null: there is none.</summary>
    public TimeSpan? Time => Answers.Count == 0
        ? null
        : TimeSpan.FromTicks((Answers[0].Packet.TimeNanoseconds - AskedAt) / 100);

    /// <summary>What an address was asked, in order.</summary>
    public static IReadOnlyList<Echo> AllOf(IEnumerable<CapturedPacket> packets, IPAddress address)
    {
        var echoes = packets.Select(packet => (Is: EchoView.TryRead(packet, out var echo), Echo: echo))
            .Where(read => read.Is).Select(read => read.Echo).ToList();
        var answers = echoes.Where(echo => echo.IsAnswer && echo.Source.Equals(address))
            .ToLookup(echo => echo.Number);
        return [.. echoes.Where(echo => !echo.IsAnswer && echo.Destination.Equals(address))
            .Select(question => new Echo(question, [.. answers[question.Number]]))];
    }
}
