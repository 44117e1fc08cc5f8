import { createSocket } from 'node:dgram'
import type { Route } from './environment.ts'

/** CLNT_BCAST_EX of [MC-SQLR]: the question that tedious asks. */
const QUESTION = Uint8Array.of(0x02)
const HEADER_BYTES = 3

/** What the Browser said: the instance's port, that it knows no such instance, or nothing in time. */
export type BrowserAnswer = { readonly port: number } | 'unknown' | 'silent'

/** Asks a SQL Server Browser for the TCP port of an instance, once. A refusal is silence, as tedious takes it. */
export function askBrowser({ host, port }: Route, instance: string, timeoutMs: number): Promise<BrowserAnswer> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (answer: BrowserAnswer) => {
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(() => end('silent'), timeoutMs)
    socket.on('error', () => undefined)
    socket.once('message', (bytes) => end(portIn(bytes.toString('latin1', HEADER_BYTES), instance)))
    socket.send(QUESTION, port, host)
  })
}

/** `ServerName;S;InstanceName;I;…;tcp;P;;` for each instance. */
function portIn(text: string, instance: string): BrowserAnswer {
  for (const part of text.split(';;')) {
    const words = part.split(';')
    const behind = (name: string): string | undefined => {
      const at = words.indexOf(name)
      return at === -1 ? undefined : words[at + 1]
    }
    if (behind('InstanceName')?.toUpperCase() !== instance.toUpperCase()) continue
    const port = Number(behind('tcp'))
    return Number.isInteger(port) && port > 0 ? { port } : 'unknown'
  }
  return 'unknown'
}
