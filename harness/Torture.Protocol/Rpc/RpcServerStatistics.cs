namespace Torture.Protocol.Rpc;

/// <summary>What a server has seen so far.</summary>
public readonly record struct RpcServerStatistics(long CallsIn, long PacketsIn, long PacketsOut);
