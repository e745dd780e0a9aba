using System.Net;
using Torture.Captures;

namespace Torture.SelfTests.Takeover;

/// <summary>A take of one address as it ought to look on the wire.</summary>
/// <param name="Owner">Link address of the new owner.</param>
/// <param name="Since">The last frame of the time before.</param>
/// <param name="Clients">Local ends of the connections that were there, by the port that they were to.</param>
/// <param name="Gone">Local ends of connections that had ended before.</param>
internal sealed record ExpectedTakeover(
    IPAddress Address, MacAddress Owner, long Since, IReadOnlyList<(int Port, IPEndPoint Client)> Clients,
    IReadOnlyList<IPEndPoint> Gone)
{
    private const int Rounds = 3;
    private const double Spacing = 1.1;

    /// <summary>A timer is never early; on a busy machine it is late.</summary>
    private const double Early = 0.02;
    private const double Late = 2;

    private bool IsV6 => Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    /// <summary>What is wrong, a line each.</summary>
    public IReadOnlyList<string> Findings(WitnessTrace trace)
    {
        var told = Announcements(trace);
        var rounds = RoundsOf(told);
        return
        [
            .. OfAnnouncements(told, rounds),
            .. Clients.SelectMany(client => OfConnection(trace, rounds, client.Port, client.Client)),
            .. Gone.Where(client => Tickles(trace, client).Any())
                .Select(client => $"{client}, which had ended, was tickled"),
        ];
    }

    /// <summary>All that will come has come.</summary>
    public bool IsOver(WitnessTrace trace) =>
        RoundsOf(Announcements(trace)).Count == Rounds && Clients.All(
            client => Tickles(trace, client.Client).Count() == Rounds
                && Events(trace, TcpEventKind.Reset, client.Port, client.Client).Any());

    private ObservedAnnouncement[] Announcements(WitnessTrace trace) => [.. trace.Announcements.Where(a =>
        a.At.Frame > Since && a.Address.Equals(Address)
        && a.Kind is AnnouncementKind.GratuitousArp or AnnouncementKind.UnsolicitedAdvertisement)];

    /// <summary>The first of each: an ARP request, or an advertisement.</summary>
    private List<FrameStamp> RoundsOf(ObservedAnnouncement[] told) =>
        [.. told.Where(a => IsV6 || !a.IsReply).Select(a => a.At)];

    private IEnumerable<string> OfAnnouncements(ObservedAnnouncement[] told, List<FrameStamp> rounds)
    {
        if (told.Any(a => a.Owner != Owner || a.Sender != Owner))
        {
            yield return $"{Address} was announced by {string.Join(", ", told.Select(a => a.Owner).Distinct())}";
        }

        var replies = told.Count(a => a.IsReply);
        if (rounds.Count != Rounds || replies != Rounds)
        {
            yield return $"{Address} was announced {rounds.Count} times, with {replies} replies";
        }

        foreach (var (one, next) in rounds.Zip(rounds.Skip(1)))
        {
            if ((next - one).TotalSeconds is < Spacing - Early or > Spacing + Late)
            {
                yield return $"{Address} was announced again after {(next - one).TotalSeconds:F3} s";
            }
        }
    }

    private IEnumerable<string> OfConnection(
        WitnessTrace trace, List<FrameStamp> rounds, int port, IPEndPoint client)
    {
        var tickles = Tickles(trace, client).ToArray();
        if (tickles.Length != Rounds || tickles.Any(tickle => tickle.Source.Port != port || tickle.Sender != Owner))
        {
            yield return $"{client} was tickled {tickles.Length} times";
            yield break;
        }

        if (rounds.Count > 0 && tickles[0].At.Frame < rounds[0].Frame)
        {
            yield return $"{client} was tickled before {Address} was announced";
        }

        var answer = Events(trace, TcpEventKind.TickleAnswer, port, client).FirstOrDefault();
        var reset = Events(trace, TcpEventKind.Reset, port, client)
            .FirstOrDefault(e => e.Source.Address.Equals(Address));
        if (answer is null || reset is null || answer.At.Frame > reset.At.Frame || reset.Sender != Owner)
        {
            yield return $"{client} did not answer and was not reset";
        }
        else if (reset.At.Frame > tickles[1].At.Frame)
        {
            yield return $"{client} was reset after its second tickle only";
        }
    }

    private IEnumerable<ObservedTcpEvent> Tickles(WitnessTrace trace, IPEndPoint client) => trace.TcpEvents.Where(e =>
        e.At.Frame > Since && e.Kind == TcpEventKind.Tickle && e.Source.Address.Equals(Address)
        && e.Destination.Equals(client));

    private IEnumerable<ObservedTcpEvent> Events(
        WitnessTrace trace, TcpEventKind kind, int port, IPEndPoint client)
    {
        var server = new IPEndPoint(Address, port);
        return trace.TcpEvents.Where(e => e.At.Frame > Since && e.Kind == kind
            && ((e.Source.Equals(server) && e.Destination.Equals(client))
                || (e.Source.Equals(client) && e.Destination.Equals(server))));
    }
}
