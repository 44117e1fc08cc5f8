import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { messageOf } from '../../harness/context/error.ts'
import type { Caller } from '../../harness/host/component-host.ts'
import type { StoredMail } from './actions.ts'
import type { MailServerContext, PortName } from './context.ts'
import { parsedMail } from './parsed-mail.ts'
import { type Reply, replies } from './reply.ts'

/** What is known of a mail before its content is read. */
export interface MailEnvelope {
  readonly via: PortName
  readonly caller: Caller
  readonly helo: string
  readonly from: string
  readonly to: readonly string[]
  readonly tls?: StoredMail['tls']
  readonly user?: string
}

/** Reads a message into memory up to `maxBytes`; what lies beyond is read and dropped. Rejects when the client leaves. */
async function contentOf(
  stream: Readable,
  maxBytes: number,
): Promise<{ readonly raw: Buffer; readonly bytes: number }> {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxBytes) chunks.push(chunk)
  })
  await finished(stream)
  return { raw: Buffer.concat(chunks), bytes }
}

/** Takes a message from the wire into the mailbox; the reply to refuse it with, or nothing. */
export async function takeMail(
  { host, settings, mailbox, refusals, parser }: MailServerContext,
  envelope: MailEnvelope,
  stream: Readable,
): Promise<Reply | undefined> {
  const { raw, bytes } = await contentOf(stream, settings.maxMessageBytes)
  // Too large: the library answers 552 itself, whatever it is told here.
  if (bytes > settings.maxMessageBytes) return undefined
  const ordered = refusals.next('data')
  if (ordered) return ordered
  if (!mailbox.hasRoomFor(bytes)) return replies['mailbox-full']
  const { caller, via, helo, from, to, tls, user } = envelope
  const client = caller.host ?? caller.address
  const id = mailbox.add({
    envelope: {
      receivedAt: host.now().toISOString(),
      via,
      client,
      clientAddress: caller.address,
      helo,
      envelope: { from, to: [...to] },
      bytes,
      ...(tls ? { tls } : {}),
      ...(user === undefined ? {} : { user }),
    },
    read: () =>
      parsedMail(parser, raw).catch((error: unknown) => {
        host.journal('mail-unreadable', { id, client, via, from, bytes, reason: messageOf(error) })
        return { from: '', to: [], subject: '', text: raw.toString('latin1'), headers: [], attachments: [] }
      }),
  })
  host.journal('mail-accepted', { id, client, via, from, to: [...to], bytes })
  return undefined
}
