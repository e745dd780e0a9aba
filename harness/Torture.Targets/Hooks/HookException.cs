namespace Torture.Targets.Hooks;

/// <summary>A hook that could not do what it is for: one line for people, without secrets.</summary>
internal sealed class HookException(string message, Exception? inner = null) : Exception(message, inner);
