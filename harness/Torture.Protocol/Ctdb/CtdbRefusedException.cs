namespace Torture.Protocol.Ctdb;

/// <summary>A daemon has refused a control: the connection goes on.</summary>
public sealed class CtdbRefusedException(CtdbControl control, uint node, int status, string error) : Exception(
    $"ctdbd refuses {control}{OfNode(node)}: status {status}{(error.Length > 0 ? $", \"{Printable(error)}\"" : "")}")
{
    private const int LongestText = 200;

    public CtdbControl Control => control;

    public int Status => status;

    private static string OfNode(uint node) => node == CtdbNodeNumber.Current ? "" : $" to node {node}";

    private static string Printable(string text) =>
        string.Concat(text.Take(LongestText).Select(c => char.IsControl(c) ? ' ' : c)).TrimEnd();
}
