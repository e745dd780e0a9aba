using System.Collections.Immutable;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Protocol.EndpointMapper;

/// <summary>Operation numbers that a server has to have ([C706] appendix O).</summary>
public enum EndpointMapperOperation : ushort
{
    ept_lookup = 2,
    ept_map = 3,
    ept_lookup_handle_free = 4,
}

/// <summary>The last [out] parameter of every operation ([C706] appendix E).</summary>
public enum EptStatus : uint
{
    ept_s_ok = 0,
    ept_s_cant_perform_op = 0x16C9A0CD,
    ept_s_no_memory = 0x16C9A0CE,
    ept_s_invalid_entry = 0x16C9A0D3,
    ept_s_invalid_context = 0x16C9A0D5,
    ept_s_not_registered = 0x16C9A0D6,
    ept_s_server_unavailable = 0x16C9A0D7,
}

/// <summary>ept_lookup's inquiry_type ([C706] appendix O).</summary>
public enum InquiryType : uint
{
    rpc_c_ep_all_elts = 0,
    rpc_c_ep_match_by_if = 1,
    rpc_c_ep_match_by_obj = 2,
    rpc_c_ep_match_by_both = 3,
}

/// <summary>ept_lookup's vers_option ([C706] appendix O).</summary>
public enum VersionOption : uint
{
    rpc_c_vers_all = 1,
    rpc_c_vers_compatible = 2,
    rpc_c_vers_exact = 3,
    rpc_c_vers_major_only = 4,
    rpc_c_vers_upto = 5,
}

/// <summary>ept_map, opnum 3 ([MS-RPCE] 2.2.1.2.5).</summary>
/// <param name="Object">Null for a NULL pointer; Windows sends the nil UUID instead.</param>
/// <param name="Tower">What is asked for; port and address count for nothing.</param>
/// <param name="EntryHandle">Zero at first, then what the last response had.</param>
/// <param name="MaxTowers">Towers wanted, 0 to 500.</param>
public sealed record EptMapRequest(Guid? Object, Tower? Tower, ContextHandle EntryHandle, uint MaxTowers);

/// <summary>ept_map's answer.</summary>
/// <param name="EntryHandle">Zero where nothing is left.</param>
/// <param name="MaxTowers">The maximum count of the array: max_towers of the request.</param>
/// <param name="Towers">The towers found.</param>
/// <param name="Status">Not registered is an answer, not a fault.</param>
public sealed record EptMapResponse(
    ContextHandle EntryHandle, uint MaxTowers, ImmutableArray<Tower> Towers, EptStatus Status)
{
    public bool Equals(EptMapResponse? other) =>
        other is not null && EntryHandle == other.EntryHandle && MaxTowers == other.MaxTowers
        && Status == other.Status && Towers.AsSpan().SequenceEqual(other.Towers.AsSpan());

    public override int GetHashCode() => HashCode.Combine(EntryHandle, MaxTowers, Status, Towers.AsSpan().Length);
}

/// <summary>ept_lookup, opnum 2 ([MS-RPCE] 2.2.1.2.4).</summary>
/// <param name="InquiryType">By what entries are chosen.</param>
/// <param name="Object">Null for a NULL pointer.</param>
/// <param name="Interface">Null for a NULL pointer.</param>
/// <param name="VersionOption">How versions compare.</param>
/// <param name="EntryHandle">Zero at first, then what the last response had.</param>
/// <param name="MaxEntries">Entries wanted, 0 to 500.</param>
public sealed record EptLookupRequest(
    InquiryType InquiryType, Guid? Object, SyntaxId? Interface, VersionOption VersionOption,
    ContextHandle EntryHandle, uint MaxEntries);

/// <summary>ept_entry_t ([C706] appendix O).</summary>
/// <param name="Object">The nil UUID where the endpoint is for any object.</param>
/// <param name="Tower">Null for a NULL pointer.</param>
/// <param name="Annotation">At most 63 characters.</param>
public sealed record EptEntry(Guid Object, Tower? Tower, string Annotation);

/// <summary>ept_lookup's answer.</summary>
/// <param name="EntryHandle">Zero where nothing is left.</param>
/// <param name="MaxEntries">The maximum count of the array: max_ents of the request.</param>
/// <param name="Entries">The entries found.</param>
/// <param name="Status">Not registered ends an enumeration.</param>
public sealed record EptLookupResponse(
    ContextHandle EntryHandle, uint MaxEntries, ImmutableArray<EptEntry> Entries, EptStatus Status)
{
    public bool Equals(EptLookupResponse? other) =>
        other is not null && EntryHandle == other.EntryHandle && MaxEntries == other.MaxEntries
        && Status == other.Status && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    public override int GetHashCode() => HashCode.Combine(EntryHandle, MaxEntries, Status, Entries.AsSpan().Length);
}

/// <summary>ept_lookup_handle_free, opnum 4.</summary>
public sealed record EptLookupHandleFreeRequest(ContextHandle EntryHandle);

/// <summary>ept_lookup_handle_free's answer: a zero handle and a status.</summary>
public sealed record EptLookupHandleFreeResponse(ContextHandle EntryHandle, EptStatus Status);
