using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Rpc;

/// <summary>
/// A mechanism with the shape of the real ones: three tokens, a sequence number for each direction, a token over
/// header, body and trailer or over the body alone. The password is the key.
/// </summary>
public sealed class FakeSecurity : ISecurityContext
{
    private const string Citation = "fake";
    private readonly bool _initiates;
    private readonly byte[] _key;
    private int _step;
    private uint _sent;
    private uint _received;

    private FakeSecurity(AuthenticationType type, bool initiates, string password)
    {
        Type = type;
        _initiates = initiates;
        _key = Encoding.UTF8.GetBytes(password);
    }

    public AuthenticationType Type { get; }

    public bool IsEstablished { get; private set; }

    public string? PeerName => _initiates || !IsEstablished ? null : "FAKE\\caller";

    public ReadOnlyMemory<byte> SessionKey => _key;

    public static FakeSecurity Initiator(
        AuthenticationType type = AuthenticationType.Ntlmssp, string password = "secret") => new(type, true, password);

    public static FakeSecurity Acceptor(
        AuthenticationType type = AuthenticationType.Ntlmssp, string password = "secret") => new(type, false, password);

    public ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token)
    {
        _step++;
        return _initiates ? StepOfInitiator(token) : StepOfAcceptor(token);
    }

    public int TokenSize(AuthenticationLevel level) => 16;

    public void Protect(Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, Span<byte> token)
    {
        Mac(pdu, body, headerSigning, _sent++, _initiates).CopyTo(token);
        Seal(pdu[body], level);
    }

    public void Unprotect(
        Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, ReadOnlySpan<byte> token)
    {
        Seal(pdu[body], level);
        if (!Mac(pdu, body, headerSigning, _received++, !_initiates).AsSpan().SequenceEqual(token))
        {
            throw new SecurityContextException(SecurityFailure.BadSignature, "wrong token", Citation);
        }
    }

    public void Dispose()
    {
    }

    private byte[] StepOfInitiator(ReadOnlySpan<byte> token)
    {
        switch (_step)
        {
            case 1:
                return "one"u8.ToArray();
            case 2 when token.SequenceEqual("two"u8):
                IsEstablished = Type == AuthenticationType.Ntlmssp;
                return [.. "three:"u8, .. _key];
            case 3 when token.SequenceEqual("four"u8):
                IsEstablished = true;
                return [];
            default:
                throw new SecurityContextException(SecurityFailure.InvalidToken, "wrong leg", Citation);
        }
    }

    private byte[] StepOfAcceptor(ReadOnlySpan<byte> token)
    {
        if (_step == 1 && token.SequenceEqual("one"u8))
        {
            return "two"u8.ToArray();
        }

        if (_step != 2 || !token.StartsWith("three:"u8))
        {
            throw new SecurityContextException(SecurityFailure.InvalidToken, "wrong leg", Citation);
        }

        if (!token[6..].SequenceEqual(_key))
        {
            throw new SecurityContextException(SecurityFailure.LogonDenied, "wrong password", Citation);
        }

        IsEstablished = true;
        return Type == AuthenticationType.Ntlmssp ? [] : "four"u8.ToArray();
    }

    private byte[] Mac(ReadOnlySpan<byte> pdu, Range body, bool headerSigning, uint sequence, bool fromInitiator)
    {
        var covered = headerSigning ? pdu : pdu[body];
        var input = new byte[covered.Length + 5];
        BinaryPrimitives.WriteUInt32LittleEndian(input, sequence);
        input[4] = fromInitiator ? (byte)1 : (byte)2;
        covered.CopyTo(input.AsSpan(5));
        return HMACMD5.HashData(_key, input);
    }

    private static void Seal(Span<byte> body, AuthenticationLevel level)
    {
        if (level == AuthenticationLevel.Privacy)
        {
            foreach (ref var b in body)
            {
                b ^= 0x5A;
            }
        }
    }
}
