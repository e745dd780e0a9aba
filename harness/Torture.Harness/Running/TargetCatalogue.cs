using System.Reflection;
using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

/// <summary>The targets that Torture.Targets names with its assembly attributes.</summary>
public static class TargetCatalogue
{
    /// <summary>Name of the target that reads a target file, whatever the file is called.</summary>
    public const string File = "file";

    private const string Room = "Torture.Targets";

    public static IReadOnlyList<string> Names => [.. Attributes().Select(target => target.Name).Order()];

    /// <summary>Each way to have a cluster once, with its first name.</summary>
    public static IReadOnlyList<(string Name, ITarget Target)> All =>
        [.. Attributes().DistinctBy(target => target.Type).OrderBy(target => target.Name)
            .Select(target => (target.Name, (ITarget)Activator.CreateInstance(target.Type)!))];

    /// <exception cref="TargetUnusableException">There is no such target.</exception>
    public static ITarget Get(string name) => Find(name)
        ?? throw new TargetUnusableException($"no target '{name}': there are {string.Join(", ", Names)}");

    /// <returns>Null: there is no such target.</returns>
    public static ITarget? Find(string name)
    {
        var known = Attributes().ToList();
        var found = known.FirstOrDefault(target => target.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? (System.IO.File.Exists(name) ? known.FirstOrDefault(target => target.Name == File) : null);
        return found is null ? null : (ITarget)Activator.CreateInstance(found.Type)!;
    }

    private static IEnumerable<TargetAttribute> Attributes()
    {
        try
        {
            return Assembly.Load(Room).GetCustomAttributes<TargetAttribute>();
        }
        catch (FileNotFoundException missing)
        {
            throw new TargetUnusableException($"{Room} does not lie beside the tests", missing);
        }
    }
}
