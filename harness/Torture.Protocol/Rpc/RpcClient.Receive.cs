using System.Net.Sockets;

namespace Torture.Protocol.Rpc;

public sealed partial class RpcClient
{
    private readonly TaskCompletionSource<RpcConnectionEnd> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<Pdu>? _leg;
    private Exception? _cause;

    private async Task ReceiveAllAsync()
    {
        try
        {
            do
            {
                ProcessWhatIsThere();
                if (!Multiplexing)
                {
                    await SendWaitingAsync();
                }
            }
            while (await _input.FillAsync());

            End(RpcConnectionEnd.Fin, null);
        }
        catch (ProtocolException violation)
        {
            End(RpcConnectionEnd.ProtocolError, violation);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or SocketException)
        {
            End(RpcConnectionEnd.Reset, failure);
        }

        await _stream.DisposeAsync();
    }

    /// <summary>The first end is the one that counts.</summary>
    private void End(RpcConnectionEnd how, Exception? cause)
    {
        _cause ??= cause;
        _output.Close(cause);
        _ended.TrySetResult(how);
        var leg = Interlocked.Exchange(ref _leg, null);
        if (leg is not null)
        {
            leg.TrySetException(new RpcConnectionClosedException(_ended.Task.Result, _cause));
            _ = leg.Task.Exception;
        }

        FailAll();
    }

    private void ProcessWhatIsThere()
    {
        while (_input.TryPeek(out var header))
        {
            if (header is not { Major: 5, Minor: 0 })
            {
                throw new ProtocolException($"version {header.Major}.{header.Minor}", "[C706] 12.6.3.1", 0);
            }

            if (!_input.TryTake(header, out var pdu))
            {
                return;
            }

            Dispatch(pdu, header);
        }
    }

    private void Dispatch(Span<byte> pdu, PduHeader header)
    {
        switch (header.Type)
        {
            case PduType.Response:
                OnResponse(pdu, header);
                break;
            case PduType.Fault:
                OnFault(pdu, header);
                break;
            case PduType.BindAck or PduType.BindNak or PduType.AlterContextResponse:
                var leg = Interlocked.Exchange(ref _leg, null) ?? throw Unexpected(PduReader.Read(pdu));
                leg.TrySetResult(PduReader.Read(pdu));
                break;
            case PduType.Shutdown:
                break;
            default:
                throw Unexpected(PduReader.Read(pdu));
        }
    }

    private void OnResponse(Span<byte> pdu, PduHeader header)
    {
        var fragment = FragmentLayout.Read(pdu, header);
        if (fragment.HasTrailer)
        {
            Unprotect(pdu, fragment);
        }

        if (Find(header.CallId) is not { } call)
        {
            UnmatchedAnswers++;
            return;
        }

        CheckResponse(call, fragment);
        call.Append(pdu[fragment.StubStart..fragment.StubEnd], header.Representation.IsBigEndian);
        if ((header.Flags & PduFlags.LastFragment) != 0)
        {
            Forget(call);
            call.Complete();
        }
    }

    private void CheckResponse(RpcCall call, FragmentLayout fragment)
    {
        if (call.Slot is { Protects: true } slot
            && (!fragment.HasTrailer || fragment.SecurityContextId != slot.Id))
        {
            throw new ProtocolException($"response of call {call.CallId} is not protected", "[MS-RPCE] 3.3.1.5.2");
        }

        if (call.HasBegun == ((fragment.Header.Flags & PduFlags.FirstFragment) != 0))
        {
            throw new ProtocolException($"first fragment of call {call.CallId} out of place", "[C706] 12.6.2");
        }

        if (call.Received + (fragment.StubEnd - fragment.StubStart) > _options.MaxResponse)
        {
            throw new ProtocolException(
                $"response of call {call.CallId} is longer than {_options.MaxResponse}", "[MS-RPCE] 3.3.2.5.2");
        }
    }

    private void OnFault(Span<byte> pdu, PduHeader header)
    {
        if (header.AuthenticationLength != 0)
        {
            Unprotect(pdu, FragmentLayout.Read(pdu, header));
        }

        var fault = (FaultPdu)PduReader.Read(pdu);
        if (Find(header.CallId) is { } call)
        {
            Forget(call);
            call.Fail(new RpcFaultException(fault.Status, (fault.Flags & PduFlags.DidNotExecute) != 0));
        }
        else if (Interlocked.Exchange(ref _leg, null) is { } leg)
        {
            leg.TrySetResult(fault);
        }
        else
        {
            UnmatchedAnswers++;
        }
    }

    /// <summary>One leg of a negotiation: only one at a time.</summary>
    private async Task<NegotiationAckPdu> ExchangeAsync(NegotiationPdu pdu, CancellationToken cancellationToken)
    {
        var leg = new TaskCompletionSource<Pdu>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _leg, leg, null) is not null)
        {
            throw new InvalidOperationException("another bind or alter_context is still unanswered");
        }

        _output.Append(PduWriter.Write(pdu));
        await _output.FlushAsync();
        if (_ended.Task.IsCompletedSuccessfully)
        {
            End(_ended.Task.Result, _cause);
        }

        return await AnswerAsync().WaitAsync(cancellationToken) switch
        {
            NegotiationAckPdu ack => ack,
            BindNakPdu nak => throw new RpcBindException(nak.Reason),
            FaultPdu fault => throw new RpcBindException(fault.Status),
            var other => throw Unexpected(other),
        };

        // WaitAsync of the other task would leave the thread that a simulation pumps.
        async Task<Pdu> AnswerAsync() => await leg.Task;
    }

    private static ProtocolException Unexpected(Pdu pdu) =>
        new($"unexpected {pdu.Type} of call {pdu.CallId}", "[C706] 12.6.4");
}
