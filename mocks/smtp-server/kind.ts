import { defineComponent } from '../../harness/host/component.ts'
import { smtpServerActions } from './actions.ts'
import { smtpServerSettings } from './settings.ts'

/** A mail server with a mailbox to search: 25, 465 and 587. */
export const smtpServer = defineComponent({
  kind: 'smtp-server',
  summary: 'Mail server: SMTP with STARTTLS, implicit TLS and submission, AUTH PLAIN/LOGIN, a mailbox to search',
  settings: smtpServerSettings,
  references: {},
  actions: smtpServerActions,
  // The flows are declared by those who send mail.
  flows: [],
  listens: (settings) => [
    { id: 'smtp', port: settings.smtpPort, protocol: 'tcp', tls: 'starttls', purpose: 'relay of mail (SMTP)' },
    {
      id: 'smtps',
      port: settings.smtpsPort,
      protocol: 'tcp',
      tls: 'implicit',
      purpose: 'submission of mail, implicit TLS (RFC 8314)',
    },
    {
      id: 'submission',
      port: settings.submissionPort,
      protocol: 'tcp',
      tls: 'starttls',
      purpose: 'submission of mail (RFC 6409)',
    },
  ],
  load: async () => (await import('./start.ts')).smtpServerParts(),
  start: async (start) => (await import('./start.ts')).startSmtpServer(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'smtp-server': typeof smtpServer
  }
}
