import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'
import { account } from './settings.ts'

const nothing = z.strictObject({})
const addresses = z.array(z.string())

export const storedMail = z.strictObject({
  id: z.int(),
  receivedAt: z.string(),
  /** The listen that took it. */
  via: z.enum(['smtp', 'smtps', 'submission']),
  /** The calling host's name, or its address when it is outside the landscape. */
  client: z.string(),
  clientAddress: z.string(),
  /** What the client called itself in EHLO. */
  helo: z.string(),
  envelope: z.strictObject({ from: z.string(), to: addresses }),
  /** Of the header fields; addresses only. */
  from: z.string(),
  to: addresses,
  subject: z.string(),
  text: z.string(),
  html: z.string().optional(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  attachments: z.array(z.strictObject({ name: z.string(), type: z.string(), bytes: z.int() })),
  bytes: z.int(),
  tls: z.strictObject({ version: z.string(), cipher: z.string() }).optional(),
  /** Who was logged in. */
  user: z.string().optional(),
})
export type StoredMail = z.output<typeof storedMail>

export const stages = ['connect', 'starttls', 'auth', 'mail', 'rcpt', 'data'] as const
export type Stage = (typeof stages)[number]

const refusal = z.strictObject({
  stage: z.enum(stages),
  code: z.int().min(400).max(599),
  text: z.string().min(1).max(500),
  times: z.int().min(1).max(1_000_000).optional().describe('Refusals before it is accepted again; left out: always.'),
})
const refusals = z.strictObject({ refusals: z.array(refusal) })

export const smtpServerActions = {
  search: {
    summary: 'The mails that match everything given, oldest first. Texts match anywhere, whatever their case.',
    input: z.strictObject({
      from: z.string().optional(),
      to: z.string().optional(),
      subject: z.string().optional(),
      text: z.string().optional(),
      afterId: z.int().min(0).default(0),
      limit: z.int().min(1).max(1_000).default(100),
      atLeast: z.int().min(0).max(100_000).default(0).describe('Answer when so many match, or when waitMs is over.'),
      waitMs: z.int().min(0).max(600_000).default(5_000).describe('Milliseconds; means nothing without atLeast.'),
    }),
    output: z.strictObject({ total: z.int(), mails: z.array(storedMail) }),
  },
  clear: { summary: 'Empties the mailbox.', input: nothing, output: z.strictObject({ cleared: z.int() }) },
  'add-account': {
    summary: 'Gives an account its password. Repeatable.',
    input: account,
    output: z.strictObject({ accounts: z.int() }),
  },
  'remove-account': {
    summary: 'Takes an account away. Repeatable.',
    input: z.strictObject({ user: z.string() }),
    output: z.strictObject({ accounts: z.int() }),
  },
  refuse: { summary: 'Refuses at a stage with a reply code and text.', input: refusal, output: refusals },
  accept: {
    summary: 'Ends the refusals of a stage, or all.',
    input: z.strictObject({ stage: z.enum(stages).optional() }),
    output: refusals,
  },
  'set-starttls': {
    summary: 'Offers STARTTLS on 25 and 587, or no longer, from the next connection on.',
    input: z.strictObject({ offered: z.boolean() }),
    output: z.strictObject({ offered: z.boolean() }),
  },
  'renew-certificate': {
    summary: 'Serves a new certificate from the next connection on.',
    input: nothing,
    output: nothing,
  },
  connections: {
    summary: 'How many connections are open on each port.',
    input: nothing,
    output: z.strictObject({ smtp: z.int(), smtps: z.int(), submission: z.int() }),
  },
} as const satisfies ActionTable
