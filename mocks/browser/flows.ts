import type { FlowDeclaration } from '../../harness/landscape/kind.ts'

const from = 'browser'

/** What end users' browsers reach: the web pages of both products. */
export const browserFlows: readonly FlowDeclaration[] = [
  {
    id: 'browser-to-agent',
    from,
    to: 'identity-manager/agent',
    listen: 'https',
    purpose: 'jobs and password resets of some profiles',
    sources: [{ type: 'vendor', fact: 'facts.md 2.2: some browsers → agents (HTTPS)' }],
  },
  {
    id: 'browser-to-identity-provider',
    from,
    to: 'identity-provider',
    listen: 'https',
    purpose: 'login at the organisation’s identity provider',
    sources: [{ type: 'vendor', fact: 'facts.md 1.2, 2.2: browsers → IdPs' }],
  },
  {
    id: 'browser-to-web',
    from,
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
    id: 'browser-to-web-redirect',
    from,
    to: 'web-server',
    listen: 'http',
    purpose: 'redirect to HTTPS',
    sources: [{ type: 'vendor', fact: 'facts.md 2.1: 80/TCP browser → web server, redirect to HTTPS' }],
  },
]
