/**
 * Windows Authentication as IIS does it: the handshake's messages come in `Authorization`, and what it proves holds for the
 * connection (RFC 4559, [MS-NTHT]). So it lives and dies with the socket, and cannot be carried to another one.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ComponentHost } from '../../../../../harness/host/component-host.ts'
import type { WindowsAccount, WindowsAuthority } from '../../../../directory/authority.ts'
import type { Negotiator } from '../../../../directory/negotiator.ts'
import { unauthorizedPage } from '../pages/unauthorized-page.ts'

export interface WindowsLogin {
  /** Takes a handshake's message, if the request carries one. True where the answer to it has been sent. */
  accept(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Who has logged in on the request's connection. */
  accountOf(request: IncomingMessage): WindowsAccount | undefined
  /** Asks the client to log in. */
  challenge(response: ServerResponse): void
}

/** What one connection has come to. */
interface Handshake {
  readonly scheme: string
  readonly negotiator: Negotiator
  isBusy: boolean
}

const schemes = ['Negotiate', 'NTLM']
const MAX_TOKEN_LENGTH = 12_288
const ANONYMOUS_SID = 'S-1-5-7'

export function createWindowsLogin(
  host: ComponentHost,
  authority: Pick<WindowsAuthority, 'names' | 'logon'>,
): WindowsLogin {
  const handshakes = new WeakMap<Socket, Handshake>()
  const accounts = new WeakMap<Socket, WindowsAccount>()
  const computer = { netbios: host.name.toUpperCase().slice(0, 15), dns: host.fqdn }

  const refuse = ({ socket }: IncomingMessage, response: ServerResponse, facts: Record<string, string>): true => {
    const caller = host.callerOf(socket)
    host.journal('windows-login-refused', { from: caller.host ?? caller.address, ...facts })
    accounts.delete(socket)
    handshakes.delete(socket)
    unauthorized(response, schemes)
    return true
  }

  const handshakeOf = async (socket: Socket, scheme: string): Promise<Handshake> => {
    const known = handshakes.get(socket)
    if (known?.scheme === scheme) return known
    const { createNegotiator } = await import('../../../../directory/negotiator.ts')
    const fresh = {
      scheme,
      negotiator: createNegotiator({ authority, computer, now: () => host.now() }),
      isBusy: false,
    }
    handshakes.set(socket, fresh)
    // Whoever begins anew is nobody until it has ended: behind a proxy it is another person than before.
    accounts.delete(socket)
    return fresh
  }

  return {
    accountOf: ({ socket }) => accounts.get(socket),
    challenge: (response) => unauthorized(response, schemes),
    async accept(request, response) {
      const sent = /^(negotiate|ntlm) +([\w+/]+={0,2})$/i.exec(request.headers.authorization ?? '')
      if (!sent?.[1] || !sent[2]) return false
      const { socket } = request
      const scheme = sent[1].toLowerCase() === 'ntlm' ? 'NTLM' : 'Negotiate'
      if (sent[2].length > MAX_TOKEN_LENGTH)
        return refuse(request, response, { scheme, reason: 'the token is too long' })
      const handshake = await handshakeOf(socket, scheme)
      if (handshake.isBusy)
        return refuse(request, response, { scheme, reason: 'a message before the last was answered' })
      handshake.isBusy = true
      const step = await handshake.negotiator.accept(Buffer.from(sent[2], 'base64'))
      handshake.isBusy = false
      if ('token' in step) {
        unauthorized(response, [`${scheme} ${step.token.toString('base64')}`])
        return true
      }
      if ('refusal' in step) {
        const { user, workstation, text, why } = step.refusal
        return refuse(request, response, { scheme, user, workstation, error: text, reason: why })
      }
      if (step.account.sid === ANONYMOUS_SID) return refuse(request, response, { scheme, reason: 'an anonymous logon' })
      handshakes.delete(socket)
      accounts.set(socket, step.account)
      if (step.lastToken) response.setHeader('www-authenticate', `${scheme} ${step.lastToken.toString('base64')}`)
      const caller = host.callerOf(socket)
      const { account, workstation } = step
      host.journal('windows-login', { from: caller.host ?? caller.address, scheme, account: account.name, workstation })
      return false
    },
  }
}

function unauthorized(response: ServerResponse, challenges: readonly string[]): void {
  response.writeHead(401, {
    ...(challenges.length > 0 && { 'www-authenticate': [...challenges] }),
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(unauthorizedPage),
    'cache-control': 'no-store',
  })
  response.end(unauthorizedPage)
}

/** Where IIS has neither Windows nor Anonymous Authentication, nobody comes in, and nobody is asked. */
export const refuseEverybody = (response: ServerResponse): void => unauthorized(response, [])
