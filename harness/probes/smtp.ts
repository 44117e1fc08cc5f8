import { z } from 'zod'
import type { SmtpFacts } from '../clients/mail.ts'
import type { JsonObject } from '../context/json.ts'
import { sessionFacts } from './certificate-chain.ts'
import { given, hostInput, portInput, servernameInput, trustInput } from './input.ts'
import { observe } from './observe.ts'
import type { Probe } from './probe.ts'

const input = z.strictObject({
  host: hostInput,
  port: portInput(25),
  secure: z
    .enum(['none', 'starttls', 'required-starttls', 'implicit'])
    .default('starttls')
    .describe('TLS: not at all, if offered, as a must, or from the first byte'),
  user: z.string().optional().describe('user to authenticate as'),
  password: z.string().optional().describe('password'),
  servername: servernameInput,
  trust: trustInput,
  mail: z
    .strictObject({
      from: z.string().describe('sender'),
      to: z.union([z.string(), z.array(z.string())]).describe('recipients'),
      subject: z.string().default('Probe').describe('subject'),
      text: z.string().default('Sent by a probe.').describe('text'),
    })
    .optional()
    .describe('mail to send; without it the conversation ends after EHLO, STARTTLS and AUTH'),
})

/** Talks to a mail server as nodemailer does: EHLO, STARTTLS, AUTH, and a mail if asked to. */
export const smtpProbe: Probe<typeof input> = {
  name: 'smtp',
  summary: 'Talk to a mail server, log in, send a mail',
  input,
  run: (environment, { mail, ...settings }, signal) => {
    const { host: to, port } = settings
    return observe(environment, { probe: 'smtp', client: 'nodemailer', to, port, signal }, async (facts) => {
      const seen: SmtpFacts = { transcript: [], secure: false, auth: 'not-asked' }
      try {
        await environment.clients.mail.converse(given(settings), seen, mail, signal)
      } finally {
        if (seen.remoteAddress) facts.tcp = { remoteAddress: seen.remoteAddress }
        if (seen.tls) facts.tls = sessionFacts(seen.tls)
        facts.smtp = smtpFacts(seen)
      }
    })
  },
}

const smtpFacts = ({ transcript, secure, auth, sent }: SmtpFacts): JsonObject => ({
  secure,
  auth,
  ...(sent && { sent: { ...sent } }),
  transcript: [...transcript],
})
