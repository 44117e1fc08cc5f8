/** Integrated security in TDS, [MS-TDS] 3.2.5.2 and 2.2.7.22: LOGIN7 brings the first token, messages of type 0x11 the others. */
import type { NtlmRefusal } from '../../directory/ntlm/acceptor.ts'
import type { SqlInstance } from '../engine/instance.ts'
import { handshakeFailed, type LoginRefusal, namedRefusal } from '../security/login-errors.ts'
import { loginOfAccount } from '../security/windows-login.ts'
import type { ByteWriter } from '../tds/byte-writer.ts'
import type { Login7 } from '../tds/login7.ts'
import { tokenCodes } from '../tds/tokens/token-codes.ts'
import { type LoginOutcome, openDatabase } from './login-flow.ts'

/** A token for the client; or a handshake that failed, with what only the journal may know; or how the login ends. */
export type IntegratedStep =
  | { readonly token: Buffer }
  | { readonly refusal: LoginRefusal; readonly user: string; readonly why: string }
  | { readonly outcome: LoginOutcome; readonly user: string }

const failed = ({ code, text, why, user }: NtlmRefusal): IntegratedStep => ({
  refusal: handshakeFailed(code, text),
  user,
  why,
})

/** Takes the client's tokens one after the other. */
export async function integratedLogin(
  instance: SqlInstance,
  login7: Login7,
): Promise<(token: Buffer) => Promise<IntegratedStep>> {
  const { createNegotiator } = await import('../../directory/negotiator.ts')
  const authority = await instance.windows()
  const netbios = instance.options.serverName.split('\\')[0] ?? ''
  const dns = [netbios.toLowerCase(), ...(authority.names ? [authority.names.dns] : [])].join('.')
  const negotiator = createNegotiator({ authority, computer: { netbios, dns }, now: instance.options.now })
  return async (token) => {
    const step = await negotiator.accept(token)
    if ('refusal' in step) return failed(step.refusal)
    if (!('account' in step)) return step
    const user = step.account.name
    const planned = instance.takePlannedRefusal() ?? instance.options.refuseLogins
    if (planned !== undefined)
      return { outcome: { refusal: namedRefusal(planned, user, login7.database || 'master') }, user }
    const found = loginOfAccount(instance.logins, step.account, (login) => instance.security.mayConnect(login))
    return { outcome: 'refusal' in found ? found : openDatabase(instance, login7, found.login), user }
  }
}

/** SSPI, [MS-TDS] 2.2.7.22: the only token of its message. */
export const writeSspi = (writer: ByteWriter, token: Buffer): void => {
  writer.u8(tokenCodes.sspi).u16(token.length).bytes(token)
}
