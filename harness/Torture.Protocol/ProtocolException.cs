namespace Torture.Protocol;

/// <summary>The peer sent something that the protocol does not allow.</summary>
public class ProtocolException : Exception
{
    public ProtocolException(string message, string citation, long? offset = null, Exception? inner = null)
        : base(offset is null ? $"{message} {citation}" : $"{message} (offset {offset}) {citation}", inner)
    {
        Citation = citation;
        Offset = offset;
    }

    /// <summary>The rule that was broken, such as <c>[C706] 14.3.4.2</c>.</summary>
    public string Citation { get; }

    /// <summary>Where in the message, in bytes from its first one, where that is known.</summary>
    public long? Offset { get; }
}
