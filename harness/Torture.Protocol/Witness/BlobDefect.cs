namespace Torture.Protocol.Witness;

/// <summary>One thing that is wrong in a notification.</summary>
/// <param name="Requirement">The sentence of [MS-SWN] that it breaks, such as <c>SWN-R033</c>.</param>
/// <param name="Field">The field in the specification's words: <c>IPADDR_INFO_LIST[0].Reserved</c>.</param>
/// <param name="Expected">What the sentence asks for.</param>
/// <param name="Actual">What the notification has.</param>
/// <param name="Offset">Bytes from the start of the message buffer; null for a field outside of it.</param>
public sealed record BlobDefect(string Requirement, string Field, string Expected, string Actual, int? Offset)
{
    public override string ToString() => $"{Requirement} {Field}: expected {Expected}, actual {Actual}";
}
