using System.Text.Json.Serialization;

namespace Torture.Targets.Hooks;

/// <summary>
/// One thing to run. Before it runs its placeholders are filled in; so filled in it also goes to the ledger, which
/// needs no target file to undo it.
/// </summary>
[JsonDerivedType(typeof(ExecStep), "exec")]
[JsonDerivedType(typeof(SshStep), "ssh")]
[JsonDerivedType(typeof(HttpStep), "http")]
[JsonDerivedType(typeof(ManualStep), "manual")]
internal abstract record HookStep
{
    /// <summary>Such as <c>lab.yaml:41: hooks.kill.do</c>.</summary>
    public required string Where { get; init; }

    /// <summary>When it has not ended by then, it has failed and is ended.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>Everything that may hold a placeholder.</summary>
    public abstract IEnumerable<string> Templates();

    /// <summary>The same with its placeholders filled in.</summary>
    public abstract HookStep Fill(HookValues values);
}

/// <summary>A program of this machine: arguments one by one, no shell.</summary>
internal sealed record ExecStep(IReadOnlyList<string> Arguments) : HookStep
{
    public override IEnumerable<string> Templates() => Arguments;

    public override HookStep Fill(HookValues values) => this with { Arguments = [.. Arguments.Select(values.Fill)] };

    public override string ToString() => string.Join(' ', Arguments);
}

/// <summary>A command on another machine by the system's ssh, without any prompt.</summary>
/// <param name="Host">As ssh takes it: <c>root@n1</c>, or a name of ssh's own configuration.</param>
/// <param name="Arguments">Quoted for a POSIX shell there; empty where <paramref name="PowerShell"/> is given.</param>
/// <param name="PowerShell">A script instead, whose placeholders become quoted literals.</param>
internal sealed record SshStep(string Host, IReadOnlyList<string> Arguments, string? PowerShell) : HookStep
{
    /// <summary>The ssh program and options of the file.</summary>
    public required SshSettings Ssh { get; init; }

    public override IEnumerable<string> Templates() =>
        [Host, .. Arguments, .. PowerShell is null ? [] : new[] { PowerShell }];

    public override HookStep Fill(HookValues values) => this with
    {
        Host = values.Fill(Host),
        Arguments = [.. Arguments.Select(values.Fill)],
        PowerShell = PowerShell is null ? null : values.Fill(PowerShell, HookQuoting.PowerShell),
    };

    public override string ToString() => $"ssh {Host} {PowerShell ?? string.Join(' ', Arguments)}";
}

/// <param name="Program">Also plink, or a script that stands in for it.</param>
internal sealed record SshSettings(string Program, IReadOnlyList<string> Options)
{
    public static readonly SshSettings Default = new("ssh", []);
}

/// <summary>A request to a management interface.</summary>
/// <param name="Expect">Status codes that mean success.</param>
internal sealed record HttpStep(string Method, string Url, IReadOnlyList<int> Expect) : HookStep
{
    public string? Body { get; init; }

    /// <summary>A value that begins with <c>env:</c> is taken from that variable when the request is made.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>For basic authentication; the password as in <see cref="Secret"/>.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>False: any certificate will do.</summary>
    public bool VerifyCertificate { get; init; } = true;

    public override IEnumerable<string> Templates() => [Url, .. Body is null ? [] : new[] { Body }];

    public override HookStep Fill(HookValues values) => this with
    {
        Url = values.Fill(Url, HookQuoting.Url),
        Body = Body is null ? null : values.Fill(Body, HookQuoting.Json),
    };

    public override string ToString() => $"{Method} {Url}";
}

/// <summary>Something that a person does.</summary>
internal sealed record ManualStep(string Text) : HookStep
{
    public override IEnumerable<string> Templates() => [Text];

    public override HookStep Fill(HookValues values) => this with { Text = values.Fill(Text) };

    public override string ToString() => Text;
}
