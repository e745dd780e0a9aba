using Torture.Protocol.Rpc;

namespace Torture.Protocol.EndpointMapper;

/// <summary>An interface that a process of this host serves over TCP.</summary>
/// <param name="Object">The nil UUID: any object.</param>
/// <param name="Annotation">At most 63 characters.</param>
public sealed record EndpointRegistration(SyntaxId Interface, int Port, string Annotation = "", Guid Object = default);
