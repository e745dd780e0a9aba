using System.Security.Cryptography;

namespace Torture.Targets.Hooks;

/// <summary>Passwords of one run: read once, given to hooks by variables, taken out of what is shown.</summary>
/// <param name="variables">What else the hooks get: no secrets.</param>
internal sealed class Secrets(string folder, TextReader input, IReadOnlyDictionary<string, string>? variables = null)
{
    private readonly Dictionary<Secret, string> _read = [];
    private readonly SortedDictionary<string, string> _variables =
        new(variables?.ToDictionary() ?? [], StringComparer.Ordinal);

    /// <summary>What hooks get beside the environment of this process.</summary>
    public IReadOnlyDictionary<string, string> Variables => _variables;

    /// <exception cref="HookException">It is not there.</exception>
    public string Read(Secret secret, string what)
    {
        if (_read.TryGetValue(secret, out var known))
        {
            return known;
        }

        var value = secret.Kind switch
        {
            "env" => Environment.GetEnvironmentVariable(secret.Name),
            "file" => FromFile(Path.Combine(folder, secret.Name), what),
            "stdin" => input.ReadLine(),
            _ => Convert.ToHexString(RandomNumberGenerator.GetBytes(12)) + "aA1!",
        };
        if (string.IsNullOrEmpty(value))
        {
            throw new HookException(secret.Kind switch
            {
                "env" => $"{what}: the environment variable {secret.Name} is not set",
                "stdin" => $"{what}: standard input ended before the password",
                _ => $"{what}: {secret.Name} is empty",
            });
        }

        if (secret.Kind == "generate")
        {
            _variables[secret.Name] = value;
        }

        return _read[secret] = value;
    }

    /// <summary>The text without any secret that was read.</summary>
    public string Hide(string text) =>
        _read.Values.OrderByDescending(value => value.Length)
            .Aggregate(text, (shown, value) => shown.Replace(value, "***", StringComparison.Ordinal));

    private static string FromFile(string path, string what)
    {
        try
        {
            using var file = new StreamReader(path);
            return file.ReadLine() ?? "";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new HookException($"{what}: {unreadable.Message}", unreadable);
        }
    }
}
