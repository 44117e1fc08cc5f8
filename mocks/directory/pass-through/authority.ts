/** A member computer's view of its domain: every question goes to the domain controller over the network. */
import type { Socket } from 'node:net'
import type { AccountVerdict, DomainNames, LogonVerdict, LookupVerdict, WindowsAuthority } from '../authority.ts'
import { type Answer, answer, encodeFrame } from './message.ts'
import { readFrame } from './read-frame.ts'

export interface PassThroughOptions {
  readonly names: DomainNames
  /** The asking computer's account. */
  readonly computer: string
  readonly timeoutMs: number
  connect(): Socket
  /** Learns why a domain controller could not be asked. */
  readonly unreachable: (reason: string) => void
}

export function passThroughAuthority(options: PassThroughOptions): WindowsAuthority {
  const { names, computer, timeoutMs, connect, unreachable } = options

  const ask = async (question: object): Promise<Answer> => {
    const socket = connect()
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    try {
      const answered = readFrame(socket)
      socket.write(encodeFrame({ ...question, computer }))
      return answer.parse(await answered)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      unreachable(reason)
      return { status: 'noLogonServers' }
    } finally {
      socket.destroy()
    }
  }

  return {
    names,
    async logon(logon): Promise<LogonVerdict> {
      const verdict = await ask({ ask: 'logon', ...logon })
      if ('status' in verdict) return verdict
      const { account, sessionBaseKey } = 'account' in verdict ? verdict : {}
      return account && sessionBaseKey ? { account, sessionBaseKey } : { status: 'noLogonServers' }
    },
    async lookup(name): Promise<LookupVerdict> {
      const verdict = await ask({ ask: 'lookup', name })
      return 'account' in verdict ? { status: 'noLogonServers' } : verdict
    },
    async account(name): Promise<AccountVerdict> {
      const verdict = await ask({ ask: 'account', name })
      return 'found' in verdict ? { status: 'noLogonServers' } : verdict
    },
  }
}
