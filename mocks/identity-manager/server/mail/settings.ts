import { z } from 'zod'

/** As .NET's configuration reads them: environment variables give texts. */
// No NUL: some of these are paths.
const text = z
  .string()
  .max(1_000)
  .regex(/^[^\0]*$/)
const toggle = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
const whole = (max: number) =>
  z.union([
    z.int().min(0).max(max),
    z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number)
      .pipe(z.int().min(0).max(max)),
  ])

export const secureSocketOptions = ['None', 'Auto', 'SslOnConnect', 'StartTls', 'StartTlsWhenAvailable'] as const
export type SecureSocketOption = (typeof secureSocketOptions)[number]

const spelled = new Map(secureSocketOptions.map((option) => [option.toLowerCase(), option]))
const secureSocketOption = z.preprocess(
  (value) => (typeof value === 'string' ? (spelled.get(value.toLowerCase()) ?? value) : value),
  z.enum(secureSocketOptions),
)

/** `MailSettings` of the server's appsettings.json: the vendor's keys and defaults. Keys that it does not know are ignored. */
export const mailSettingsFields = z.object({
  FromAddress: text.optional().describe('Sender of all notifications; required.'),
  Enabled: toggle.default(true),
  Host: text.optional().describe('Mail server; required without a pickup directory. A folder’s path is one.'),
  Port: whole(65_535).default(0).describe('0: 465 for SslOnConnect, else 25.'),
  UserName: text.optional(),
  Password: text.optional(),
  UseDefaultCredentials: toggle
    .default(false)
    .describe('The account of the process in place of UserName and Password.'),
  SecureSocketOption: secureSocketOption.optional().describe('Beats EnableSsl; Auto when neither is set.'),
  EnableSsl: toggle.default(false).describe('Deprecated: true is StartTls.'),
  UseSpecifiedPickupDirectory: toggle.default(false).describe('Mails are written as files in place of being sent.'),
  PickupDirectory: text.optional(),
  AllowedDomains: text.optional().describe('Domains that mail may go to, separated by semicolons; absent: all.'),
  CatchAllAddress: text.optional().describe('Takes every mail in place of its recipients.'),
  CatchAllCCAddress: text.optional().describe('Takes a copy of every mail.'),
  MaxRecipients: whole(100_000).default(20).describe('Further recipients are dropped without a word.'),
})

/** The same, with keys in any case: `Username`, as the agent's page spells it, is `UserName`. */
export const mailSettings = z.preprocess(withVendorSpelling, mailSettingsFields)
export type MailSettings = z.output<typeof mailSettings>

/** `PasswordResetSettings.MailSettings` of appsettings.agent.json. */
export const agentMailSettings = mailSettings

const keys = new Map(Object.keys(mailSettingsFields.shape).map((key) => [key.toLowerCase(), key]))

function withVendorSpelling(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [keys.get(key.toLowerCase()) ?? key, value]),
  )
}
