import { z } from 'zod'
import type { ActionTable } from '../../../../harness/host/component.ts'

const address = z.string().min(1).max(320)
const addresses = z.array(address).max(1_000)

export const mailExceptions = [
  'NotSupportedException',
  'AuthenticationException',
  'SslHandshakeException',
  'SmtpCommandException',
  'SmtpProtocolException',
  'SocketException',
  'TimeoutException',
  'IOException',
  'ArgumentException',
  'ParseException',
] as const
/** What the product's users see: the type of .NET's or MailKit's exception. */
export type MailException = (typeof mailExceptions)[number]

export const notificationResult = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    sent: z.array(z.string()),
    /** By `MaxRecipients` and `AllowedDomains`, without a word to anybody. */
    dropped: z.array(z.string()),
    /** By the mail server. */
    rejected: z.array(z.string()).optional(),
    transport: z.enum(['smtp', 'pickup', 'disabled']),
    secured: z.boolean(),
    /** The file in the pickup directory. */
    file: z.string().optional(),
  }),
  z.strictObject({
    ok: z.literal(false),
    exception: z.enum(mailExceptions).optional(),
    code: z.string(),
    text: z.string(),
    /** The mail server's reply code. */
    responseCode: z.int().optional(),
  }),
])
export type NotificationResult = z.output<typeof notificationResult>

const mailSettingsChange = z
  .record(z.string().max(100), z.json())
  .optional()
  .describe('As if appsettings.json had these keys in MailSettings; the environment still beats them.')

const pickedUp = z.strictObject({
  file: z.string(),
  /** The envelope. */
  sender: z.string(),
  receivers: z.array(z.string()),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
})
export type WrittenMail = z.output<typeof pickedUp>

/** What a component that sends notifications can be asked. */
export const mailActions = {
  notify: {
    summary: 'Sends a notification by MailSettings, as an event of the product would, and waits for the outcome.',
    input: z.strictObject({
      to: addresses,
      cc: addresses.default([]),
      bcc: addresses.default([]),
      subject: z.string().min(1).max(200),
      text: z.string().max(10_000).default('You have a task to look at.'),
      mailSettings: mailSettingsChange,
    }),
    output: notificationResult,
  },
  'written-mails': {
    summary: 'The mails in the pickup directory, by the names of their files; a hundred at most.',
    input: z.strictObject({ subject: z.string().optional(), mailSettings: mailSettingsChange }),
    output: z.strictObject({ directory: z.string().optional(), mails: z.array(pickedUp) }),
  },
} as const satisfies ActionTable
