using System.Text.RegularExpressions;

namespace Torture.Targets.Hooks;

/// <summary>Reads the steps of hooks: a list of arguments, or a map with exec, ssh, http or manual.</summary>
internal sealed partial class StepReader(FileProblems problems, SshSettings ssh)
{
    public const string Expected = "a list of arguments, or a map with one of exec, ssh, http or manual";

    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatientDeadline = TimeSpan.FromMinutes(10);

    /// <param name="deadline">Of the hook, for a step without one of its own.</param>
    /// <param name="placeholders">What its texts may hold.</param>
    public HookStep? Read(FileNode? node, IEnumerable<string> placeholders, TimeSpan? deadline = null)
    {
        var step = node switch
        {
            null => null,
            FileList list => Exec(list, problems.File, deadline ?? UsualDeadline),
            FileMap => Map(Section.Of(node, problems), deadline),
            _ => Wrong(node),
        };
        if (step is not null)
        {
            CheckPlaceholders(node!, step, [.. placeholders]);
        }

        return step;
    }

    private HookStep? Wrong(FileNode node)
    {
        problems.Add(node, $"expected {Expected}, found {node.Kind}");
        return null;
    }

    private HookStep? Map(Section step, TimeSpan? usual)
    {
        var where = $"{problems.File}:{step.Node.Line}: {step.Node.Path}";
        var kinds = new[] { "exec", "ssh", "http", "manual" }.Where(kind => step.Keys.Contains(kind)).ToList();
        var own = step.Time("deadline");
        var deadline = own ?? usual ?? UsualDeadline;
        var read = kinds switch
        {
            ["exec"] => step.Find("exec") is FileList list
                ? Exec(list, problems.File, deadline)
                : Wrong(step.Find("exec")!),
            ["ssh"] => step.Inner("ssh") is { } inner ? Ssh(inner, where, deadline) : null,
            ["http"] => step.Inner("http") is { } inner ? Http(inner, where, deadline) : null,
            ["manual"] => new ManualStep(step.Text("manual", "what the person shall do") ?? "")
            {
                Where = where, Deadline = own ?? usual ?? PatientDeadline,
            },
            _ => null,
        };
        if (kinds.Count != 1)
        {
            problems.Add(step.Node, $"expected {Expected}, found {(kinds.Count == 0 ? "none" : "several")} of these");
        }

        foreach (var kind in new[] { "exec", "ssh", "http", "manual" })
        {
            step.Find(kind);
        }

        step.End();
        return read;
    }

    private ExecStep? Exec(FileList list, string file, TimeSpan deadline)
    {
        var arguments = Arguments(list);
        return arguments.Count == 0 ? null : new ExecStep(arguments)
        {
            Where = $"{file}:{list.Line}: {Trim(list.Path)}", Deadline = deadline,
        };
    }

    private List<string> Arguments(FileList list)
    {
        var arguments = new List<string>();
        foreach (var item in list.Items)
        {
            if (item is FileScalar scalar)
            {
                arguments.Add(scalar.Text);
            }
            else
            {
                problems.Add(item, $"expected an argument, found {item.Kind}");
            }
        }

        if (list.Items.Count == 0)
        {
            problems.Add(list, "expected a program and its arguments, found an empty list");
        }

        return arguments;
    }

    private SshStep? Ssh(Section section, string where, TimeSpan deadline)
    {
        var host = section.RequireText("host", "a host as ssh takes it, such as root@{node.address}");
        var script = section.Text("powershell", "a script");
        var command = section.Find("command");
        if (command is null == script is null)
        {
            problems.Add(section.Node, "expected one of command (a list of arguments) or powershell (a script)");
        }
        else if (command is not null and not FileList)
        {
            problems.Add(command, $"expected a list of arguments, found {command.Kind}");
        }

        section.End();
        return new SshStep(host, command is FileList list ? Arguments(list) : [], script)
        {
            Where = where, Deadline = deadline, Ssh = ssh,
        };
    }

    private HttpStep Http(Section section, string where, TimeSpan deadline)
    {
        var method = section.Word("method", "GET", "POST", "PUT", "PATCH", "DELETE") ?? "POST";
        var url = section.RequireText("url", "an address such as https://cluster/api/node/{node}");
        if (url.Length > 0 && !Absolute().IsMatch(url))
        {
            problems.Add(section.Find("url")!, $"expected an address with http:// or https:// in front, found '{url}'");
        }

        var step = new HttpStep(method, url, Statuses(section))
        {
            Where = where,
            Deadline = deadline,
            Body = section.Text("body", "text"),
            Headers = section.Pairs("headers"),
            User = section.Text("user", "a user name"),
            Password = PasswordOf(section),
            VerifyCertificate = section.Truth("verifyCertificate") ?? true,
        };
        foreach (var name in step.Headers.Keys.Where(IsSecret).Where(name => !step.Headers[name].StartsWith("env:")))
        {
            problems.Add(section.Find("headers")!, $"{name} does not belong into this file: write env:VARIABLE");
        }

        section.End();
        return step;
    }

    private IReadOnlyList<int> Statuses(Section section)
    {
        var statuses = new List<int>();
        foreach (var item in section.List("expect", "status codes"))
        {
            if (int.TryParse(section.TextOf(item, "a status code"), out var status) && status is >= 100 and < 600)
            {
                statuses.Add(status);
            }
            else
            {
                problems.Add(item, $"expected a status code such as 200, found {item.Kind}");
            }
        }

        return statuses.Count > 0 ? statuses : [200, 201, 202, 204];
    }

    private string? PasswordOf(Section section)
    {
        if (section.Text("password", Secret.Expected) is not { } text)
        {
            return null;
        }

        if (Secret.Parse(text) is { Kind: not "generate" })
        {
            return text;
        }

        problems.Add(
            section.Find("password")!, "a password does not belong into this file: expected env:VARIABLE or file:PATH");
        return null;
    }

    private static bool IsSecret(string header) =>
        header.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
        || header.Contains("token", StringComparison.OrdinalIgnoreCase)
        || header.Contains("key", StringComparison.OrdinalIgnoreCase);

    private void CheckPlaceholders(FileNode node, HookStep step, IReadOnlyList<string> known)
    {
        foreach (var name in step.Templates().SelectMany(HookValues.NamesIn).Distinct())
        {
            if (!known.Contains(name))
            {
                var what = known.Count == 0 ? "there are none here"
                    : $"expected {Section.Or([.. known.Select(one => $"{{{one}}}")])}";
                problems.Add(node, $"unknown placeholder {{{name}}}: {what}");
            }
        }
    }

    /// <summary>The step itself is what people look for, not the list inside of it.</summary>
    private static string Trim(string path) => path.EndsWith(".exec", StringComparison.Ordinal) ? path[..^5] : path;

    [GeneratedRegex("^https?://")]
    private static partial Regex Absolute();
}
