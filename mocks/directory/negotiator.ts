/**
 * What a server hands the tokens of a client to that logs in by Windows: NTLM by itself or within SPNEGO, as Windows' Negotiate
 * sends it. Kerberos is not simulated: offered together with NTLM it is passed over, alone it is refused.
 */
import { type AcceptorOptions, createAcceptor, type NtlmRefusal, type NtlmVerdict } from './ntlm/acceptor.ts'
import { NtlmError } from './ntlm/ntlm-error.ts'
import { securityErrors } from './security-status.ts'
import { decodeInitial, decodeResponse, encodeResponse, isGssToken, mechanisms, negotiationStates } from './spnego.ts'

/** A token for the client, or the end of it; an accepted client may have a last token to get. */
export type NegotiatorStep =
  | { readonly token: Buffer }
  | (Extract<NtlmVerdict, { account: unknown }> & { readonly lastToken?: Buffer })
  | { readonly refusal: NtlmRefusal }

export interface Negotiator {
  accept(token: Buffer): Promise<NegotiatorStep>
}

const refused = (error: (typeof securityErrors)[keyof typeof securityErrors], why: string): NegotiatorStep => ({
  refusal: { ...error, why, user: '', workstation: '' },
})

export function createNegotiator(options: AcceptorOptions): Negotiator {
  const ntlm = createAcceptor(options)
  let wrapped = false
  let asked = false

  const inner = async (token: Buffer): Promise<NegotiatorStep> => {
    if (asked) return ntlm.authenticate(token)
    asked = true
    const answer = ntlm.challenge(token)
    return 'challenge' in answer ? { token: answer.challenge } : answer
  }

  const begin = async (bytes: Buffer): Promise<NegotiatorStep> => {
    const { mechanisms: offered, token } = decodeInitial(bytes)
    if (!offered.includes(mechanisms.ntlm)) {
      const kerberos = offered.some((one) => one === mechanisms.kerberos || one === mechanisms.kerberosOfWindows)
      return kerberos
        ? refused(securityErrors.unsupported, 'Kerberos is not simulated')
        : refused(securityErrors.invalidToken, 'no mechanism that is known')
    }
    wrapped = true
    // A token of another mechanism was sent on the chance; the client is told to start anew with NTLM.
    if (offered[0] !== mechanisms.ntlm || !token)
      return { token: encodeResponse({ state: negotiationStates.incomplete, mechanism: mechanisms.ntlm }) }
    return wrap(await inner(token))
  }

  const wrap = (step: NegotiatorStep): NegotiatorStep => {
    if ('account' in step) return { ...step, lastToken: encodeResponse({ state: negotiationStates.completed }) }
    if (!('token' in step)) return step
    const { incomplete: state } = negotiationStates
    return { token: encodeResponse({ state, mechanism: mechanisms.ntlm, token: step.token }) }
  }

  return {
    async accept(token) {
      try {
        if (wrapped) return wrap(await inner(decodeResponse(token)))
        return await (isGssToken(token) && !asked ? begin(token) : inner(token))
      } catch (error) {
        if (error instanceof NtlmError) return refused(securityErrors.invalidToken, error.message)
        throw error
      }
    },
  }
}
