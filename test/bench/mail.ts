import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import type { Endpoint } from '../../harness/network/endpoint.ts'
import { smtpServer } from '../../mocks/smtp-server/kind.ts'
import { listening } from './bare-server.ts'
import type { Bench } from './bench.ts'
import { operatorEndpoint, startWith } from './bench-landscape.ts'
import { inTurn, median, ratio } from './statistics.ts'

const ROUNDS = 11
const MAILS = 400
const CONNECTIONS = 4

/** Mails into the landscape's mail server, beside smtp-server as it comes, which keeps them as well. */
export const mail: Bench = {
  name: 'mail',
  title: 'Mails a second, beside bare smtp-server',
  async run() {
    await using lab = await startWith([smtpServer], {
      landscape: 'mail',
      hosts: { mail1: { runs: { 'smtp-server': {} } } },
    })
    const kept: Buffer[] = []
    await using bare = await listening(bareServer(kept).server)
    const landscape = operatorEndpoint(lab, 'mail1', 25)
    const rates = await inTurn(ROUNDS, {
      landscape: () => mailsPerSecond(landscape),
      bare: () => mailsPerSecond(bare.endpoint),
    })
    const sent = (ROUNDS + 1) * MAILS
    const found = await lab.host('mail1').call('smtp-server', 'search', { limit: 1 })
    if (kept.length !== sent || JSON.stringify(found).includes(`"total":${sent}`) === false)
      throw new Error('mails were lost')
    return [
      { name: 'bare smtp-server', value: median(rates.bare), unit: '/s' },
      { name: 'landscape', value: median(rates.landscape), unit: '/s' },
      { name: 'landscape / bare', value: ratio(rates.landscape, rates.bare), unit: '×', required: { atLeast: 0.85 } },
    ]
  },
}

function bareServer(kept: Buffer[]): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    onData(stream, _session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        kept.push(Buffer.concat(chunks))
        callback()
      })
    },
  })
}

async function mailsPerSecond({ address, port }: Endpoint): Promise<number> {
  const transport = createTransport({
    host: address,
    port,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
    ignoreTLS: true,
  })
  const message = {
    from: 'app1@corp.example',
    to: 'owner@corp.example',
    subject: 'A watched secret was read',
    text: 'The secret "Domain administrator" was read by alice.\n'.repeat(10),
  }
  await transport.sendMail(message)
  const started = performance.now()
  await Promise.all(Array.from({ length: MAILS - 1 }, () => transport.sendMail(message)))
  const seconds = (performance.now() - started) / 1_000
  transport.close()
  return (MAILS - 1) / seconds
}
