using System.Collections.Immutable;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.Management;

/// <summary>Operation numbers of the management interface ([C706] appendix Q).</summary>
public enum ManagementOperation : ushort
{
    inq_if_ids = 0,
    inq_stats = 1,
    is_server_listening = 2,
    stop_server_listening = 3,
    inq_princ_name = 4,
}

/// <summary>inq_if_ids: what the process serves. A null array is a NULL pointer on the wire.</summary>
public sealed record InqIfIdsResponse(ImmutableArray<SyntaxId>? Interfaces, uint Status)
{
    public bool Equals(InqIfIdsResponse? other) =>
        other is not null && Status == other.Status && Interfaces.HasValue == other.Interfaces.HasValue
        && Ids(this).SequenceEqual(Ids(other));

    public override int GetHashCode() => HashCode.Combine(Status, Ids(this).Length);

    private static ReadOnlySpan<SyntaxId> Ids(InqIfIdsResponse response) =>
        response.Interfaces is { } ids ? ids.AsSpan() : [];
}

/// <summary>inq_stats: how many statistics are wanted, 0 to 50.</summary>
public sealed record InqStatsRequest(uint Count);

/// <summary>inq_stats: calls in, calls out, packets in, packets out, as many as were wanted.</summary>
public sealed record InqStatsResponse(ImmutableArray<uint> Statistics, uint Status)
{
    public bool Equals(InqStatsResponse? other) =>
        other is not null && Status == other.Status
        && Statistics.AsSpan().SequenceEqual(other.Statistics.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Status, Statistics.AsSpan().Length);
}

/// <summary>is_server_listening: a status, then the return value, 1 for yes.</summary>
public sealed record IsServerListeningResponse(uint Status, uint Listening);

/// <summary>stop_server_listening: 5 where the caller may not.</summary>
public sealed record StopServerListeningResponse(uint Status);

/// <summary>inq_princ_name: for which authentication service, into a buffer of 0 to 4096 characters.</summary>
public sealed record InqPrincNameRequest(uint AuthenticationService, uint NameSize);

/// <summary>inq_princ_name: the name, in an array whose maximum count is the size of the request's buffer.</summary>
public sealed record InqPrincNameResponse(string Name, uint NameSize, uint Status);
