using System.Collections;

namespace Torture.Harness.Checking;

/// <summary>Equality of values, of lists element by element.</summary>
internal static class Same
{
    public static bool Values(object? one, object? other) =>
        Equals(one, other)
        || (one is IEnumerable first and not string && other is IEnumerable second and not string
            && Lists(first, second));

    private static bool Lists(IEnumerable one, IEnumerable other)
    {
        var left = one.GetEnumerator();
        var right = other.GetEnumerator();
        while (left.MoveNext())
        {
            if (!right.MoveNext() || !Values(left.Current, right.Current))
            {
                return false;
            }
        }

        return !right.MoveNext();
    }
}
