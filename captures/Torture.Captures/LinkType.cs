namespace Torture.Captures;

/// <summary>What a packet starts with, as numbered in capture files (the registry of LINKTYPE_ values).</summary>
public enum LinkType
{
    Null = 0,
    Ethernet = 1,
    Raw = 101,
    Loop = 108,
    LinuxSll = 113,
    IPv4 = 228,
    IPv6 = 229,
    LinuxSll2 = 276,
}
