import type { z } from 'zod'
import { defineComponent, type Provision } from '../../../harness/host/component.ts'
import { appServerActions } from './actions.ts'
import { appServerFlows } from './flows.ts'
import { appServerReferences } from './references.ts'
import { appServerSettings } from './settings.ts'

/** What the administrator makes at SQL Server: a SQL login, or one for the Windows account that the service runs under. */
function loginOf(settings: z.output<typeof appServerSettings>): Provision {
  const { sqlUser: name, sqlPassword: password, databaseInstance: instance, backupService } = settings
  const roles = backupService ? ['dbcreator', 'sysadmin'] : ['dbcreator']
  const login = { name, roles, ...(instance === undefined ? {} : { instance }) }
  const windows = name.includes('\\')
  return windows
    ? { reference: 'database', action: 'create-windows-login', input: login }
    : { reference: 'database', action: 'create-login', input: { ...login, password } }
}

/** The application server: the business logic between clients, web server and SQL Server. */
export const appServer = defineComponent({
  kind: 'password-secure/app-server',
  summary: 'Netwrix Password Secure application server: client port, backup service, web services, real-time updates',
  settings: appServerSettings,
  references: appServerReferences,
  actions: appServerActions,
  flows: appServerFlows,
  listens: (settings) => [
    {
      id: 'clients',
      port: settings.clientsPort,
      protocol: 'tcp',
      tls: 'implicit',
      purpose: 'communication with clients or IIS',
    },
    { id: 'backup', port: settings.backupPort, protocol: 'tcp', tls: 'none', purpose: 'backup service, same host' },
    {
      id: 'web-services',
      port: settings.webServicesPort,
      protocol: 'tcp',
      tls: 'implicit',
      purpose: 'web services (HTTPS)',
    },
    {
      id: 'real-time',
      port: settings.realTimePort,
      protocol: 'tcp',
      tls: 'implicit',
      purpose: 'real-time updates (WebSocket)',
    },
  ],
  provisions: (settings) => [
    ...(settings.sqlLoginPrepared ? [loginOf(settings)] : []),
    {
      reference: 'license',
      action: 'register-licence',
      input: {
        key: settings.licenceKey,
        maxActivations: settings.licenceActivations,
        validTo: settings.licenceValidTo,
      },
    },
    ...(settings.mailUser === ''
      ? []
      : [
          {
            reference: 'mail',
            action: 'add-account',
            input: { user: settings.mailUser, password: settings.mailPassword },
          },
        ]),
  ],
  load: async () => (await import('./start.ts')).appServerParts(),
  start: async (start) => (await import('./start.ts')).startAppServer(start),
})

declare module '../../../harness/host/component.ts' {
  interface ComponentKinds {
    'password-secure/app-server': typeof appServer
  }
}
