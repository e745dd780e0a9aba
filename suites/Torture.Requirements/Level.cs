namespace Torture.Requirements;

/// <summary>How binding a sentence is.</summary>
public enum Level
{
    /// <summary>A definition or an observation: what everybody does, with no verb of obligation.</summary>
    Defines,

    /// <summary>Another answer needs a reason; a listed one is tolerated.</summary>
    Should,

    /// <summary>Another answer breaks the specification.</summary>
    Must,
}

/// <summary>Whom a sentence binds.</summary>
public enum Role
{
    Server,
    Client,
    Both,
}

/// <summary>What it takes to observe a sentence from outside.</summary>
public enum Testable
{
    /// <summary>One witness endpoint is enough.</summary>
    Yes,

    /// <summary>Two nodes, a share of a certain type, or someone who provokes the event.</summary>
    NeedsCluster,

    /// <summary>Internal state: nothing on the wire shows it.</summary>
    No,
}

/// <summary>Where a sentence comes from.</summary>
public enum SentenceClass
{
    Normative,

    /// <summary>Follows from the text by reading, is not written there.</summary>
    Derived,

    /// <summary>Seen in public code or captures.</summary>
    Observed,

    /// <summary>A note on what a product does.</summary>
    ProductBehavior,

    /// <summary>A sentence of another specification.</summary>
    Companion,
}
