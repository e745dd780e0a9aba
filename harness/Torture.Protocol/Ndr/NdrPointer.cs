namespace Torture.Protocol.Ndr;

/// <summary>A full pointer as it lies in the stub ([C706] 14.3.11.1).</summary>
/// <param name="Id">Referent id; 0 is NULL.</param>
/// <param name="IsAlias">The id was seen before, so no referent follows.</param>
public readonly record struct NdrPointer(ulong Id, bool IsAlias)
{
    public bool IsNull => Id == 0;

    /// <summary>Whether this occurrence brings the object's bytes.</summary>
    public bool HasReferent => Id != 0 && !IsAlias;
}
