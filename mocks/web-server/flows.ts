import type { FlowDeclaration } from '../../harness/landscape/kind.ts'

const client = 'password-secure/client'

/** Who may reach a web server. The flows from it to the application servers are declared there. */
export const webServerFlows: readonly FlowDeclaration[] = [
  {
    id: 'client-to-web',
    from: client,
    to: 'web-server',
    listen: 'https',
    purpose: 'the Web Application in a browser',
    sources: [
      {
        type: 'requirement',
        document: 'password-secure-installation.md',
        line: 'Webserver (Web Application) › Port 443 HTTPS to access the webserver from the client (incoming)',
        side: 'to',
      },
    ],
  },
  {
    id: 'client-to-web-redirect',
    from: client,
    to: 'web-server',
    listen: 'http',
    purpose: 'redirect to HTTPS',
    sources: [{ type: 'vendor', fact: 'facts.md 2.1: 80/TCP browser → web server, redirect to HTTPS' }],
  },
]
