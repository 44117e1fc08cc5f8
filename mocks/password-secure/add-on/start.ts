import { createServer, type Socket } from 'node:net'
import type { RunningComponent } from '../../../harness/host/component.ts'
import { ClientLink } from './client-link.ts'
import type { AddOnStart, addOnActions } from './settings.ts'

/** Starts the add-on. One client may be connected: the last one that dialled. */
export async function startAddOn({ host, settings }: AddOnStart): Promise<RunningComponent<typeof addOnActions>> {
  const open = new Set<Socket>()
  let current: ClientLink | undefined

  const server = createServer({ noDelay: true }, (socket) => {
    const caller = host.callerOf(socket)
    const from = caller.host ?? caller.address
    if (open.size >= settings.maxConnections) {
      host.journal('too-many-connections', { from, maxConnections: settings.maxConnections })
      socket.destroy()
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const link = new ClientLink(host, settings, socket, from)
    host.background('connection of a client', () =>
      caller.host === host.name
        ? link.serve(() => {
            current?.close()
            current = link
          })
        : link.refuse(),
    )
  })
  host.signal.addEventListener('abort', () => {
    for (const socket of open) socket.destroy()
  })
  const listening = await host.listen('add-on', server)

  return {
    actions: {
      status() {
        const user = current?.user
        return { connected: current?.connected ?? false, ...(user === undefined ? {} : { user }) }
      },
      async fill({ url }) {
        if (!current?.connected) {
          return { ok: false, reason: 'no-client', code: 'no-client', text: 'No client is connected on this computer.' }
        }
        return current.ask(url)
      },
    },
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}
