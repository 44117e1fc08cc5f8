/** The domain controller's port: judges what member computers pass through to it. */
import { createServer, type Server, type Socket } from 'node:net'
import type { JsonObject } from '../../../harness/context/json.ts'
import type { AccountVerdict, LogonVerdict, LookupVerdict } from '../authority.ts'
import type { Domain } from '../domain.ts'
import { encodeFrame, type Question, question } from './message.ts'
import { readFrame } from './read-frame.ts'

export interface PassThroughServerOptions {
  readonly domain: Domain
  readonly idleTimeoutMs: number
  readonly callerOf: (socket: Socket) => { readonly address: string; readonly host?: string }
  readonly journal: (type: string, facts: JsonObject) => void
}

export function passThroughServer({ domain, idleTimeoutMs, callerOf, journal }: PassThroughServerOptions): Server {
  const judge = async (asked: Question, client: string): Promise<LogonVerdict | LookupVerdict | AccountVerdict> => {
    const { computer } = asked
    if (!domain.has(computer)) {
      journal('computer-unknown', { client, computer })
      return { status: 'noTrustAccount' }
    }
    if (asked.ask !== 'logon') {
      const { ask, name } = asked
      const verdict = ask === 'account' ? await domain.account(name) : await domain.lookup(name)
      journal(ask, { client, computer, name, ...('status' in verdict ? verdict : {}) })
      return verdict
    }
    const verdict = await domain.logon(asked)
    const who = { client, computer, domain: asked.domain, user: asked.user, workstation: asked.workstation }
    if ('account' in verdict) journal('logon', who)
    else journal('logon-refused', { ...who, status: verdict.status })
    return 'account' in verdict ? verdict : { status: verdict.status }
  }

  const serve = async (socket: Socket): Promise<void> => {
    const { address, host } = callerOf(socket)
    socket.setTimeout(idleTimeoutMs, () => socket.destroy())
    try {
      const verdict = await judge(question.parse(await readFrame(socket)), host ?? address)
      socket.end(encodeFrame(verdict))
    } catch (error) {
      // zod's text could show parts of what was sent; the kind of failure is enough.
      const reason =
        error instanceof Error && error.name !== 'ZodError' ? error.message : 'no question of this protocol'
      journal('protocol-error', { client: host ?? address, reason })
      socket.destroy()
    }
  }
  return createServer({ noDelay: true }, (socket) => void serve(socket))
}
