namespace Torture.Protocol.Security;

/// <summary>
/// Where challenges and keys come from: <c>RandomNumberGenerator.Fill</c> in a product, <c>Random.NextBytes</c> of a
/// seeded generator where a run must be replayable.
/// </summary>
public delegate void RandomFill(Span<byte> destination);
