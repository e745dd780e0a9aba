using Torture.Node.Keep;
using Torture.ReferenceServer.Control;

namespace Torture.Node;

/// <summary>Entry of <c>torture-node</c>; <c>torture serve</c> calls it too.</summary>
public static class Program
{
    private const int Unusable = 3;
    private const int Usage = 64;

    private const string Help = """
        torture-node node --cluster FILE --name NODE [--mutant NAME]
            One node of the cluster that FILE describes, until SIGTERM, SIGINT or the control verb shutdown.
            Says "ready" on standard output once its ports are open. 3: it cannot start, 64: wrong arguments.

        torture-node keep --cluster FILE
            The parent of all nodes of a cluster on one host: reads requests from standard input, a JSON object a
            line, and ends with all nodes when that ends.

        torture-node control --cluster FILE NODE
            Standard input and output are a connection to the control port of a node that runs here: a JSON object a
            line, both ways. Ends when all was answered after standard input has ended. 3: no node answers.
        """;

    public static async Task<int> Main(string[] args)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("torture-node: the reference cluster needs Linux");
            return Unusable;
        }

        try
        {
            return args switch
            {
                ["node", .. var rest] => NodeArguments.Parse(rest, out var wrong) is { } arguments
                    ? await NodeCommand.RunAsync(arguments)
                    : Refuse(wrong),
                ["keep", "--cluster", var file] => KeepCommand.Run(file),
                ["control", "--cluster", var file, var node] => await ControlCommand.RunAsync(file, node),
                ["help" or "--help" or "-h"] => Explain(),
                _ => Refuse("what shall it do?"),
            };
        }
        catch (ConfigurationException refused)
        {
            Console.Error.WriteLine($"torture-node: {refused.Message}");
            return Unusable;
        }
    }

    private static int Explain()
    {
        Console.Out.WriteLine(Help);
        return 0;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"torture-node: {why}\n{Help}");
        return Usage;
    }
}
