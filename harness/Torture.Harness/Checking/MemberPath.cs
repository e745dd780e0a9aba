using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;

namespace Torture.Harness.Checking;

/// <summary>
/// What a check looked at, as text: <c>.Interfaces[0].State</c>. A path of members and fixed indexes can be followed
/// again on a reply that was read from a capture.
/// </summary>
internal static class MemberPath
{
    /// <summary>Null where the expression is more than members and indexes.</summary>
    public static string? Of(LambdaExpression what)
    {
        var path = new StringBuilder();
        return TryWrite(what.Body, what.Parameters[0], path) ? path.ToString() : null;
    }

    /// <summary>For people: the path, or the expression as it is written.</summary>
    public static string Text(LambdaExpression what)
    {
        if (Of(what) is { } path)
        {
            return path;
        }

        var text = what.Body.ToString();
        var name = what.Parameters[0].Name + ".";
        return text.StartsWith(name, StringComparison.Ordinal) ? "." + text[name.Length..] : $": {text}";
    }

    /// <exception cref="InvalidDataException">The path does not fit the value.</exception>
    public static object? Follow(object? value, string path)
    {
        try
        {
            return FollowAll(value, path);
        }
        catch (Exception misfit) when (misfit is FormatException or OverflowException or ArgumentException
            or AmbiguousMatchException or TargetException or TargetParameterCountException
            or TargetInvocationException)
        {
            throw new InvalidDataException($"\"{path}\" is no path to a value", misfit);
        }
    }

    private static object? FollowAll(object? value, string path)
    {
        var rest = path.AsSpan();
        while (rest.Length > 0)
        {
            var end = rest[1..].IndexOfAny('.', '[') is var next and >= 0 ? next + 1 : rest.Length;
            value = rest[0] == '['
                ? At(value, int.Parse(rest[1..(end - 1)], CultureInfo.InvariantCulture))
                : Member(value, rest[1..end].ToString());
            rest = rest[end..];
        }

        return value;
    }

    private static bool TryWrite(Expression node, ParameterExpression root, StringBuilder path)
    {
        switch (node)
        {
            case ParameterExpression parameter:
                return parameter == root;
            case UnaryExpression { NodeType: ExpressionType.Convert } convert:
                return TryWrite(convert.Operand, root, path);
            case MemberExpression { Expression: { } owner } member:
                if (!TryWrite(owner, root, path))
                {
                    return false;
                }

                // Nullable<T>.Value adds nothing to the path: a boxed value is the value.
                if (Nullable.GetUnderlyingType(owner.Type) is null)
                {
                    path.Append('.').Append(member.Member.Name);
                }

                return true;
            case MethodCallExpression { Object: { } list, Method.Name: "get_Item" } item
                when item.Arguments is [var index] && index.Type == typeof(int) && !Uses(index, root):
                return TryWrite(list, root, path) && WriteIndex(index, path);
            default:
                return false;
        }
    }

    private static bool WriteIndex(Expression index, StringBuilder path)
    {
        var value = Expression.Lambda<Func<int>>(index).Compile()();
        path.Append('[').Append(value.ToString(CultureInfo.InvariantCulture)).Append(']');
        return true;
    }

    private static bool Uses(Expression node, ParameterExpression root)
    {
        var finder = new ParameterFinder(root);
        finder.Visit(node);
        return finder.Found;
    }

    private static object? At(object? list, int index) => list switch
    {
        null => null,
        System.Collections.IEnumerable values => values.Cast<object?>().ElementAtOrDefault(index),
        _ => throw new InvalidDataException($"[{index}] of something that is no list"),
    };

    private static object? Member(object? value, string name)
    {
        if (value is null)
        {
            return null;
        }

        var property = value.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)
            ?? value.GetType().GetInterfaces().Select(type => type.GetProperty(name))
                .FirstOrDefault(found => found is not null);
        if (property is not null)
        {
            return property.GetValue(value);
        }

        return value.GetType().GetField(name) is { } field
            ? field.GetValue(value)
            : throw new InvalidDataException($"{value.GetType().Name} has no {name}");
    }

    private sealed class ParameterFinder(ParameterExpression root) : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= node == root;
            return node;
        }
    }
}
