/** Integrated security in TDS, [MS-TDS] 3.2.5.2 and 2.2.7.22: LOGIN7 brings the first token, a message of type 0x11 the last. */
import type { NtlmRefusal } from '../../directory/ntlm/acceptor.ts'
import type { SqlInstance } from '../engine/instance.ts'
import { handshakeFailed, type LoginRefusal, namedRefusal } from '../security/login-errors.ts'
import { loginOfAccount } from '../security/windows-login.ts'
import type { ByteWriter } from '../tds/byte-writer.ts'
import type { Login7 } from '../tds/login7.ts'
import { tokenCodes } from '../tds/tokens/token-codes.ts'
import { type LoginOutcome, openDatabase } from './login-flow.ts'

/** A handshake that failed, with what only the journal may know. */
export interface RefusedHandshake {
  readonly refusal: LoginRefusal
  /** As the client's message named it; empty when there was none to read. */
  readonly user: string
  readonly why: string
}

export interface IntegratedLogin {
  /** What answers LOGIN7. */
  readonly first: { readonly token: Buffer } | RefusedHandshake
  conclude(token: Buffer): Promise<{ readonly outcome: LoginOutcome; readonly user: string } | RefusedHandshake>
}

const failed = ({ code, text, why, user }: NtlmRefusal): RefusedHandshake => ({
  refusal: handshakeFailed(code, text),
  user,
  why,
})

export async function startIntegratedLogin(instance: SqlInstance, login7: Login7): Promise<IntegratedLogin> {
  const { createNegotiator } = await import('../../directory/negotiator.ts')
  const authority = await instance.windows()
  const netbios = instance.options.serverName.split('\\')[0] ?? ''
  const dns = [netbios.toLowerCase(), ...(authority.names ? [authority.names.dns] : [])].join('.')
  const negotiator = createNegotiator({ authority, computer: { netbios, dns }, now: instance.options.now })
  const answer = negotiator.begin(login7.sspi)
  return {
    first: 'token' in answer ? answer : failed(answer.refusal),
    async conclude(token) {
      const verdict = await negotiator.conclude(token)
      if ('refusal' in verdict) return failed(verdict.refusal)
      const user = verdict.account.name
      const planned = instance.takePlannedRefusal()
      if (planned !== undefined)
        return { outcome: { refusal: namedRefusal(planned, user, login7.database || 'master') }, user }
      const found = loginOfAccount(instance.logins, verdict.account, (login) => instance.security.mayConnect(login))
      return { outcome: 'refusal' in found ? found : openDatabase(instance, login7, found.login), user }
    },
  }
}

/** SSPI, [MS-TDS] 2.2.7.22: the only token of its message. */
export const writeSspi = (writer: ByteWriter, token: Buffer): void => {
  writer.u8(tokenCodes.sspi).u16(token.length).bytes(token)
}
