import type { FlowDeclaration, FlowSource } from '../../../harness/landscape/kind.ts'

const appServer = 'password-secure/app-server'
const client = 'password-secure/client'

const line = (side: 'from' | 'to', text: string): FlowSource => ({
  type: 'requirement',
  document: 'password-secure-installation.md',
  line: text,
  side,
})
const smtp: FlowSource = {
  type: 'vendor',
  fact: 'facts.md 7.1: the administrator supplies host, port, authentication and protocol',
}

/** Every right to talk that has an application server at one end, with the lines that document it. */
export const appServerFlows: readonly FlowDeclaration[] = [
  {
    id: 'app-to-sql',
    from: appServer,
    to: 'sql-server',
    listen: 'tds',
    purpose: 'data and configuration databases',
    sources: [
      line('to', 'MSSQL Server › Port 1433 TCP for communication with application server (incoming)'),
      line('from', 'Application server › Port 1433 TCP for communication with SQL Server (outgoing)'),
    ],
  },
  {
    id: 'app-to-sql-browser',
    from: appServer,
    to: 'sql-server',
    listen: 'browser',
    purpose: 'finding a named instance of SQL Server',
    sources: [{ type: 'assumed', why: 'whoever writes HOST\\INSTANCE asks SQL Server Browser for the port (MC-SQLR)' }],
  },
  {
    id: 'app-to-license-server',
    from: appServer,
    to: 'password-secure/license-server',
    listen: 'https',
    purpose: 'activation of the licence',
    sources: [
      line(
        'from',
        'Application server › Port 443 HTTPS for connection to the Netwrix Password Secure license server (outgoing)',
      ),
    ],
  },
  {
    id: 'client-to-app',
    from: client,
    to: appServer,
    listen: 'clients',
    purpose: 'login and work of the Windows client',
    sources: [
      line('to', 'Application server › Port 11011 TCP for communication with clients or web server IIS (incoming)'),
      line('from', 'Client › Port 11011 TCP for communication with the application server (outgoing)'),
    ],
  },
  {
    id: 'iis-to-app',
    from: 'web-server',
    to: appServer,
    listen: 'clients',
    purpose: 'IIS as a client of the application server',
    when: { from: { kind: 'iis' } },
    sources: [
      line('to', 'Application server › Port 11011 TCP for communication with clients or web server IIS (incoming)'),
    ],
  },
  {
    id: 'backup-service',
    from: appServer,
    to: appServer,
    listen: 'backup',
    purpose: 'the backup service and the server, on one host',
    sameHost: true,
    sources: [
      line('to', 'Application server › Port 11014 TCP for the backup service (usually does not need to be unlocked)'),
    ],
  },
  {
    id: 'web-to-app',
    from: 'web-server',
    to: appServer,
    listen: 'web-services',
    purpose: 'web services behind /api',
    sources: [
      line(
        'to',
        'Application server › Port 11016 TCP for the Web services (incoming; only when using the Web Application)',
      ),
      line('from', 'Webserver (Web Application) › Port 11016 for communication to the application server (outgoing)'),
    ],
  },
  {
    id: 'client-real-time',
    from: client,
    to: appServer,
    listen: 'real-time',
    purpose: 'real-time updates of the Windows client',
    sources: [
      line('to', 'Application server › Port 11018 TCP for real-time update (incoming)'),
      line('from', 'Client › Port 11018 TCP (outgoing)'),
    ],
  },
  {
    id: 'web-real-time',
    from: 'web-server',
    to: appServer,
    listen: 'real-time',
    purpose: 'real-time updates behind /realtime',
    sources: [
      line('to', 'Application server › Port 11018 TCP for real-time update (incoming)'),
      line('from', 'Webserver (Web Application) › Port 11018 for the real-time update (outgoing)'),
    ],
  },
  {
    id: 'app-to-smtp-submission',
    from: appServer,
    to: 'smtp-server',
    listen: 'submission',
    purpose: 'notifications',
    sources: [smtp],
  },
  { id: 'app-to-smtp', from: appServer, to: 'smtp-server', listen: 'smtp', purpose: 'notifications', sources: [smtp] },
  {
    id: 'app-to-smtps',
    from: appServer,
    to: 'smtp-server',
    listen: 'smtps',
    purpose: 'notifications',
    sources: [smtp],
  },
]
