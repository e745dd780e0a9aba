namespace Torture.Captures;

/// <summary>A capture cannot be read or made: a malformed file, a missing privilege, a missing library.</summary>
public sealed class CaptureException(string message, Exception? inner = null) : Exception(message, inner);
