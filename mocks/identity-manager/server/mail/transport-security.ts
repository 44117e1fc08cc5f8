import type { MailSettings, SecureSocketOption } from './settings.ts'

/** How a mail's connection is secured, in the words of this project's client. */
export type Security = 'none' | 'starttls' | 'required-starttls' | 'implicit'

/** The option in force: `SecureSocketOption` beats the deprecated `EnableSsl`. */
export const optionInForce = ({ SecureSocketOption, EnableSsl }: MailSettings): SecureSocketOption =>
  SecureSocketOption ?? (EnableSsl ? 'StartTls' : 'Auto')

/** Port and security as MailKit's `SmtpClient.Connect` computes them: `Auto` on 465 is TLS from the first byte. */
export function transportSecurity(settings: MailSettings): { readonly port: number; readonly secure: Security } {
  const option = optionInForce(settings)
  const port = settings.Port || (option === 'SslOnConnect' ? 465 : 25)
  return { port, secure: securityOf(option, port) }
}

function securityOf(option: SecureSocketOption, port: number): Security {
  switch (option) {
    case 'None':
      return 'none'
    case 'Auto':
      return port === 465 ? 'implicit' : 'starttls'
    case 'StartTlsWhenAvailable':
      return 'starttls'
    case 'StartTls':
      return 'required-starttls'
    case 'SslOnConnect':
      return 'implicit'
  }
}
