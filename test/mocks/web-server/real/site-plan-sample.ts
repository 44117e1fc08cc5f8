import type { SitePlan } from '../../../../mocks/web-server/real/site-plan.ts'
import { webServerSettings } from '../../../../mocks/web-server/settings.ts'

const upstream = (name: string, down = false) => ({ name, ports: { api: 11_016, realtime: 11_018 }, down })

/** A site before two application servers, in folders that need not be there. */
export const samplePlan: SitePlan = {
  fqdn: 'web1.corp.example',
  httpsPort: 443,
  files: {
    root: '/site',
    configuration: '/site/site.conf',
    documents: '/site/www/html',
    certificate: '/site/certs/Web Application.crt',
    key: '/site/certs/Web Application.key',
    trusted: '/site/certs/trusted.crt',
    accessLog: '/site/log/access.log',
    errorLog: '/site/log/error.log',
    entryLog: '/site/log/entries.log',
    run: '/site/run',
  },
  listens: { http: '127.0.0.1:8080', https: '127.0.0.1:8443', settle: '127.0.0.1:8081' },
  upstreams: [upstream('app1.corp.example'), upstream('app2.corp.example', true)],
  account: 'www-data',
  ciphers: undefined,
  version: undefined,
  modules: webServerSettings.parse({}).modules,
  verifyUpstream: undefined,
  connectTimeoutMs: 500,
  readTimeoutMs: { api: 90_000, realtime: 86_400_000 },
  clientTimeoutMs: 60_000,
  maxBodyBytes: 1_048_576,
  maxConnections: 2_000,
}

/** nginx listens on Unix sockets. */
export const nginxPlan: SitePlan = {
  ...samplePlan,
  listens: { http: '/site/run/http.sock', https: '/site/run/https.sock', settle: '/site/run/settle.sock' },
}

export const oneUpstream: SitePlan = { ...nginxPlan, upstreams: [upstream('app1.corp.example')] }
