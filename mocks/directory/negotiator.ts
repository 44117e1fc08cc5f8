/** Takes the tokens of a client that logs in by Windows: NTLM as it is; Kerberos is told apart and refused by name. */
import { type AcceptorOptions, createAcceptor, type NtlmRefusal, type NtlmVerdict } from './ntlm/acceptor.ts'
import { securityErrors } from './security-status.ts'

export type NegotiatorAnswer = { readonly token: Buffer } | { readonly refusal: NtlmRefusal }

export interface Negotiator {
  /** Answers the client's first token. */
  begin(token: Buffer): NegotiatorAnswer
  /** Judges the second and last. */
  conclude(token: Buffer): Promise<NtlmVerdict>
}

// GSS-API's frame, RFC 2743 3.1, around the object identifier of Kerberos, 1.2.840.113554.1.2.2.
const gssFrame = 0x60
const kerberos = Buffer.from('06092a864886f712010202', 'hex')

export function createNegotiator(options: AcceptorOptions): Negotiator {
  const ntlm = createAcceptor(options)
  return {
    begin(token) {
      if (token[0] === gssFrame && token.subarray(0, 16).includes(kerberos))
        return {
          refusal: { ...securityErrors.unsupported, why: 'Kerberos is not simulated', user: '', workstation: '' },
        }
      const answer = ntlm.challenge(token)
      return 'challenge' in answer ? { token: answer.challenge } : answer
    },
    conclude: (token) => ntlm.authenticate(token),
  }
}
