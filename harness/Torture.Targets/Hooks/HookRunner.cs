using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Torture.Targets.Hooks;

/// <summary>What a step printed.</summary>
internal sealed record HookOutput(string Text, TimeSpan Took);

/// <summary>Runs steps whose placeholders are filled in.</summary>
/// <param name="folder">Where programs run.</param>
internal sealed class HookRunner(string folder, Secrets secrets, HookTerminal terminal)
{
    /// <exception cref="HookException">It failed, or its deadline passed; one line.</exception>
    public async Task<HookOutput> RunAsync(HookStep step, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(step.Deadline);
        try
        {
            var text = step switch
            {
                ExecStep exec => await HookProcess.RunAsync(exec.Arguments, folder, secrets.Variables, limit.Token),
                SshStep ssh => await HookProcess.RunAsync(
                    SshCommand.ArgumentsOf(ssh), folder, secrets.Variables, limit.Token),
                HttpStep http => await RequestAsync(http, limit.Token),
                ManualStep manual => await terminal.AskAsync(manual.Text, limit.Token),
                _ => throw new HookException($"no way to run {step.GetType().Name}"),
            };
            return new HookOutput(text, Stopwatch.GetElapsedTime(began));
        }
        catch (HookException failed)
        {
            throw new HookException(Line(step, failed.Message), failed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var ended = step is ExecStep or SshStep ? ": killed with all that it started" : "";
            throw new HookException(Line(
                step, string.Create(
                    CultureInfo.InvariantCulture, $"did not end within {step.Deadline.TotalSeconds:0.###} s{ended}")));
        }
    }

    private string Line(HookStep step, string what) =>
        secrets.Hide($"{step.Where}: {what.ReplaceLineEndings(" ")} [{Short(step.ToString()!)}]");

    private static string Short(string command)
    {
        var line = command.ReplaceLineEndings(" ");
        return line.Length <= 120 ? line : line[..117] + "...";
    }

    private async Task<string> RequestAsync(HttpStep step, CancellationToken cancellationToken)
    {
        using var handler = new HttpClientHandler();
        if (!step.VerifyCertificate)
        {
            handler.ServerCertificateCustomValidationCallback =
                HttpClientHandler.DangerousAcceptAnyServerCertificateValidator;
        }

        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = Request(step);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return step.Expect.Contains((int)response.StatusCode)
                ? text
                : throw new HookException(
                    $"answered {(int)response.StatusCode}, expected {string.Join(" or ", step.Expect)}:"
                    + $" {FirstLine(text)}");
        }
        catch (HttpRequestException refused)
        {
            throw new HookException(refused.InnerException?.Message ?? refused.Message, refused);
        }
    }

    private HttpRequestMessage Request(HttpStep step)
    {
        if (!Uri.TryCreate(step.Url, UriKind.Absolute, out var url))
        {
            throw new HookException($"'{step.Url}' is no address");
        }

        var request = new HttpRequestMessage(new HttpMethod(step.Method), url);
        if (step.Body is { } body)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (step.User is { } user)
        {
            var password = step.Password is { } source ? secrets.Read(Secret.Parse(source)!, "password") : "";
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }

        foreach (var (name, value) in step.Headers)
        {
            var sent = value.StartsWith("env:", StringComparison.Ordinal)
                ? secrets.Read(new Secret("env", value[4..]), $"header {name}")
                : value;
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                request.Content?.Headers.ContentType = MediaTypeHeaderValue.Parse(sent);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, sent);
            }
        }

        return request;
    }

    private static string FirstLine(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length == 0 ? "an empty answer" : line[..Math.Min(line.Length, 200)].ToString();
    }
}
