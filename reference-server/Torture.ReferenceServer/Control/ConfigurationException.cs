namespace Torture.ReferenceServer.Control;

/// <summary>The node cannot start as it was asked to. The message is one line for the user.</summary>
public sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
