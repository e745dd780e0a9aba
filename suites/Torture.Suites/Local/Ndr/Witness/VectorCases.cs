using Torture.Fixtures;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>A case for each vector of an operation and direction, in each syntax that it exists in.</summary>
public static class VectorCases
{
    public static IEnumerable<TestCaseData> GetInterfaceListRequests =>
        Of("witness_GetInterfaceList", VectorDirection.In);

    public static IEnumerable<TestCaseData> GetInterfaceListResponses =>
        Of("witness_GetInterfaceList", VectorDirection.Out);

    public static IEnumerable<TestCaseData> RegisterRequests => Of("witness_Register", VectorDirection.In);

    public static IEnumerable<TestCaseData> RegisterResponses => Of("witness_Register", VectorDirection.Out);

    public static IEnumerable<TestCaseData> RegisterExRequests => Of("witness_RegisterEx", VectorDirection.In);

    public static IEnumerable<TestCaseData> RegisterExResponses => Of("witness_RegisterEx", VectorDirection.Out);

    public static IEnumerable<TestCaseData> UnRegisterRequests => Of("witness_UnRegister", VectorDirection.In);

    public static IEnumerable<TestCaseData> UnRegisterResponses => Of("witness_UnRegister", VectorDirection.Out);

    public static IEnumerable<TestCaseData> AsyncNotifyRequests => Of("witness_AsyncNotify", VectorDirection.In);

    public static IEnumerable<TestCaseData> AsyncNotifyResponses => Of("witness_AsyncNotify", VectorDirection.Out);

    public static IEnumerable<TestCaseData> ResourceChanges =>
        Notifications(kind => kind == NotificationKind.RESOURCE_CHANGE_NOTIFICATION);

    public static IEnumerable<TestCaseData> AddressLists =>
        Notifications(kind => kind != NotificationKind.RESOURCE_CHANGE_NOTIFICATION);

    private static IEnumerable<TestCaseData> Of(string function, VectorDirection direction) =>
        Vector.All.Where(vector => vector.Function == function && vector.Direction == direction).Select(Case);

    private static IEnumerable<TestCaseData> Notifications(Predicate<NotificationKind> wanted) =>
        Vector.All
            .Where(vector => vector is { Function: "witness_AsyncNotify", Direction: VectorDirection.Out }
                && VectorValue.Of(vector) is AsyncNotifyResult { Response: { } response }
                && wanted(response.MessageType))
            .Select(Case);

    private static TestCaseData Case(Vector vector) =>
        new TestCaseData(vector).SetName($"{{m}}.{vector.Name}.{vector.Syntax}");
}
