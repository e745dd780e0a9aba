namespace Torture.Node;

/// <summary>Entry of <c>torture-node</c>; <c>torture serve</c> calls it too.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => Task.FromResult(64);
}
