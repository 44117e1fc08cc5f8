import { z } from 'zod'
import { certificateSetting } from '../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../harness/host/server-tls.ts'

export const account = z.strictObject({ user: z.string().min(1).max(200), password: z.string().min(1).max(200) })

const port = (standard: number) => z.int().min(1).max(65_535).default(standard)
const mebibytes = (count: number) => count * 1_048_576

export const smtpServerSettings = z.strictObject({
  smtpPort: port(25),
  smtpsPort: port(465),
  submissionPort: port(587),
  hostname: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('The name in the greeting; the host’s full name when absent.'),
  accounts: z.array(account).default([]),
  starttls: z
    .enum(['not-offered', 'offered', 'required'])
    .default('offered')
    .describe('On 25 and 587. Required: MAIL without TLS is answered 530.'),
  requireAuthOnSubmission: z
    .boolean()
    .default(true)
    .describe('Mail on 587 and 465 needs a login (RFC 6409 section 4.3, RFC 8314 section 3.3).'),
  maxMessageBytes: z.int().min(1_024).max(mebibytes(64)).default(mebibytes(10)).describe('SIZE (RFC 1870).'),
  maxRecipients: z.int().min(1).max(10_000).default(100).describe('RFC 5321 section 4.5.3.1.8: at least 100.'),
  maxMails: z.int().min(1).max(100_000).default(10_000).describe('Mails that the mailbox holds; beyond them 452.'),
  maxMailboxBytes: z.int().min(1_024).max(mebibytes(1_024)).default(mebibytes(64)),
  maxConnections: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe('Open connections on each port; beyond them 421.'),
  idleTimeoutMs: z.int().min(50).max(3_600_000).default(300_000).describe('RFC 5321 section 4.5.3.2.7: five minutes.'),
  certificate: certificateSetting,
  tls: serverTlsSetting,
})

export type SmtpServerSettings = z.output<typeof smtpServerSettings>
