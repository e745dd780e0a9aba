namespace Torture.Harness.Exploring;

/// <summary>
/// What is done to a cluster, and what its clients do meanwhile: data, so that chance can make it, so that it can be
/// made smaller, and be printed as a case.
/// </summary>
/// <param name="Seed">Of the world that it is played in.</param>
/// <param name="Nodes">Of the cluster.</param>
public sealed record Scenario(int Seed, int Nodes, IReadOnlyList<Act> Acts);

/// <summary>One step, so long after the one before. What cannot be done, as things are, is left out.</summary>
public abstract record Act(TimeSpan After);

/// <summary>A client registers for a public address, and polls from then on.</summary>
/// <param name="Client">Its number.</param>
/// <param name="Address">By its place in the cluster's list, as all of these numbers.</param>
public sealed record Register(TimeSpan After, int Client, int Address) : Act(After);

/// <summary>A client unregisters.</summary>
public sealed record Leave(TimeSpan After, int Client) : Act(After);

/// <summary>A client keeps a connection to a public address busy from then on.</summary>
public sealed record Work(TimeSpan After, int Address) : Act(After);

/// <summary>Something is broken; all that is broken in the end is healed, the last first.</summary>
/// <param name="Number">By which <see cref="Heal"/> knows it.</param>
public sealed record Break(TimeSpan After, int Number, FaultPlan Fault) : Act(After);

/// <summary>What was broken is healed.</summary>
public sealed record Heal(TimeSpan After, int Number) : Act(After);

/// <summary>Kinds of faults that need no more than places in lists to say what they are done to.</summary>
public enum FaultKind
{
    Kill,
    Pause,
    Stop,
    Disable,
    Ban,
    StopWitness,
    Cut,
    LoseLock,
    MoveAddress,
    MoveClient,
}

/// <summary>A fault before there is a cluster.</summary>
/// <param name="Subject">A node; of a move of a client the client, of an address the address.</param>
/// <param name="Node">The other end of a cut; where to move.</param>
public sealed record FaultPlan(FaultKind Kind, int Subject, int Node);
