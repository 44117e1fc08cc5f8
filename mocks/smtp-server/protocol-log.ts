import type { JsonObject } from '../../harness/context/json.ts'

/** What `smtp-server` hands to a logger beside the text; a shape of its own choosing, so read with care. */
interface Entry {
  readonly tnx?: unknown
  readonly cid?: unknown
}

export interface ProtocolLogOptions {
  readonly maxLine: number
  /** Who is behind a connection id. */
  clientOf(id: string): string
  refused(facts: JsonObject): void
}

export type ProtocolLog = Record<
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
  (entry: unknown, ...words: unknown[]) => void
>

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null

/**
 * Reads `smtp-server`'s own log, which is the one place that sees every command and every reply, and reports the replies
 * that refuse (4xx, 5xx) with the command before them. The library has taken credentials out of the commands.
 */
export function protocolLog(options: ProtocolLogOptions): ProtocolLog {
  const lastCommand = new Map<string, string>()
  const clipped = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, options.maxLine)
  const debug = (entry: unknown, ...words: unknown[]) => {
    if (!isEntry(entry) || typeof entry.cid !== 'string') return
    const line = String(words[1] ?? '')
    if (entry.tnx === 'command') lastCommand.set(entry.cid, line.slice(0, options.maxLine))
    if (entry.tnx !== 'send' || !/^[45]/.test(line)) return
    const command = clipped(lastCommand.get(entry.cid) ?? '')
    options.refused({ client: options.clientOf(entry.cid), command, reply: clipped(line) })
  }
  const info = (entry: unknown) => {
    if (isEntry(entry) && entry.tnx === 'close' && typeof entry.cid === 'string') lastCommand.delete(entry.cid)
  }
  const ignored = () => undefined
  return { debug, info, trace: ignored, warn: ignored, error: ignored, fatal: ignored }
}
