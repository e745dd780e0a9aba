namespace Torture.Targets.Reference;

/// <summary>A part of bringing a cluster up.</summary>
internal sealed record UpPhase(string Name, TimeSpan Took);
