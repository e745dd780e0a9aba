using Torture.Harness.Histories;

namespace Torture.Harness.Running;

/// <summary>The checkers that watch every case.</summary>
internal static class AlwaysOn
{
    public static IReadOnlyList<IChecker> Checkers { get; } =
    [
        new NotificationsAreWellFormed(), new OneOwnerPerAddress(), new NoNotificationLost(), new NoneInvented(),
        new NotToTheWrongClient(), new AnnouncedToNeighbours(), new OneOwnerOnTheLink(), new OldClientsTickled(),
        new OldConnectionsEnd(),
    ];
}
