import { once } from 'node:events'
import type { SMTPServerOptions } from 'smtp-server'
import type { Lab } from './lab.ts'

export interface SmtpDouble extends AsyncDisposable {
  readonly port: number
  readonly mails: {
    readonly from: string
    readonly to: readonly string[]
    readonly secure: boolean
    readonly user: string
    readonly text: string
    readonly client: string
  }[]
}

/** A mail server of `smtp-server` that keeps what it gets; the only login is app / secret. */
export async function smtpDouble(lab: Lab, options: SMTPServerOptions): Promise<SmtpDouble> {
  const { SMTPServer } = await import('smtp-server')
  const { key, chain } = await lab.certificate()
  const mails: SmtpDouble['mails'] = []
  const server = new SMTPServer({
    key,
    cert: chain,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'app' && password === 'secret') done(null, { user: username })
      else done(new Error('535 no such login'))
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: String(session.user ?? ''),
          text: Buffer.concat(chunks).toString(),
          client: `${session.remoteAddress} ${session.hostNameAppearsAs}`,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {}) // a client that goes away in the middle is what some tests are about
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  if (typeof address !== 'object' || address === null) throw new Error('not a TCP server')
  return {
    port: address.port,
    mails,
    [Symbol.asyncDispose]: () => new Promise((closed) => void server.close(closed)),
  }
}
