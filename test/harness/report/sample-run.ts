import type { CaseResult, RunEvent, StepResult } from '../../../harness/context/events.ts'
import type { JsonObject } from '../../../harness/context/json.ts'
import type { ComponentSpec, Flow, HostSpec, Landscape } from '../../../harness/landscape/landscape.ts'

/** Text as a hostile network would send it. */
export const hostile = '<script>alert("1")</script> & \' \u001b[31mred\u001b[0m \u202eevil ]]> \u0000'

const host = (name: string, site: string, address: string, ...kinds: string[]): HostSpec => ({
  name,
  fqdn: `${name}.corp.example`,
  aliases: [],
  site,
  address,
  clockSkewMs: 0,
  trusts: ['landscape', 'public'],
  components: kinds.map((kind): ComponentSpec => ({ host: name, kind, settings: {}, references: {}, listens: [] })),
})

const flow = (from: string, fromKind: string, to: string, toKind: string, port: number, purpose: string): Flow => ({
  id: `${fromKind}-${toKind}-${port}`,
  from,
  fromKind,
  to,
  toKind,
  port,
  protocol: 'tcp',
  tls: port === 1433 ? 'in-protocol' : 'implicit',
  purpose,
  sources: [
    { type: 'requirement', document: 'password-secure-installation.md', line: `Port ${port} TCP`, side: 'from' },
  ],
})

const landscape = (name: string, hosts: readonly HostSpec[], flows: readonly Flow[]): Landscape => ({
  name,
  domain: 'corp.example',
  organisation: 'Corp',
  patienceMs: 1000,
  firewallDefault: 'reject',
  sites: [...new Set(hosts.map(({ site }) => site))].map((site) => ({ name: site, delayMs: 0 })),
  hosts,
  flows,
  nameServers: [],
  startOrder: [],
  faults: [],
  expectations: [],
  skips: [],
})

const app = 'password-secure/app-server'
const client = 'password-secure/client'

/** Four hosts on one site. */
export const smallLandscape = landscape(
  'small',
  [
    host('sql1', 'main', '10.0.0.1', 'sql-server'),
    host('app1', 'main', '10.0.0.2', app),
    host('web1', 'main', '10.0.0.3', 'web-server'),
    host('client1', 'main', '10.0.1.1', client, 'password-secure/add-on'),
  ],
  [
    flow('app1', app, 'sql1', 'sql-server', 1433, 'database'),
    flow('web1', 'web-server', 'app1', app, 11016, 'web services'),
    flow('web1', 'web-server', 'app1', app, 11018, 'real-time updates'),
    flow('client1', client, 'app1', app, 11011, 'client protocol'),
    flow('client1', client, 'app1', app, 11018, 'real-time updates'),
    flow('client1', client, 'web1', 'web-server', 443, 'web application'),
    flow('client1', client, 'client1', 'password-secure/add-on', 52120, 'browser add-on'),
  ],
)

/** Thirty hosts on two sites: three application servers, and clients of which one has trouble. */
export function largeLandscape(): Landscape {
  const apps = ['app1', 'app2', 'app3']
  const clients = Array.from({ length: 22 }, (_, index) => `client${index + 1}`)
  return landscape(
    'large',
    [
      host('sql1', 'paris', '10.0.0.1', 'sql-server'),
      ...apps.map((name, index) => host(name, 'paris', `10.0.0.${index + 2}`, app)),
      host('web1', 'paris', '10.0.0.8', 'web-server'),
      host('license1', 'paris', '10.0.0.9', 'password-secure/license-server'),
      host('smtp1', 'paris', '10.0.0.10', 'smtp-server'),
      host('dns1', 'paris', '10.0.0.11', 'dns-server'),
      ...clients.map((name, index) => host(name, index < 6 ? 'paris' : 'lyon', `10.1.0.${index + 1}`, client)),
    ],
    [
      ...apps.flatMap((name) => [
        flow(name, app, 'sql1', 'sql-server', 1433, 'database'),
        flow(name, app, 'license1', 'password-secure/license-server', 443, 'licence'),
        flow(name, app, 'smtp1', 'smtp-server', 25, 'mail'),
        flow(name, app, 'smtp1', 'smtp-server', 465, 'mail'),
        flow(name, app, 'smtp1', 'smtp-server', 587, 'mail'),
        flow('web1', 'web-server', name, app, 11016, 'web services'),
        flow('web1', 'web-server', name, app, 11018, 'real-time updates'),
        ...clients.flatMap((from) => [
          flow(from, client, name, app, 11011, 'client protocol'),
          flow(from, client, name, app, 11018, 'real-time updates'),
        ]),
      ]),
      ...clients.map((from) => flow(from, client, 'web1', 'web-server', 443, 'web application')),
    ],
  )
}

export const observation = (from: string, to: string, port: number, ok: boolean, text = 'read ECONNRESET') => ({
  probe: 'tls',
  from,
  to,
  port,
  at: '2026-01-02T03:04:05.678Z',
  durationMs: 12.3,
  ok,
  ended: ok ? 'completed' : 'peer',
  facts: { address: '127.3.0.7' },
  ...(ok ? {} : { error: { client: 'tls', code: 'ECONNRESET', text } }),
})

interface CaseShape {
  readonly steps?: readonly StepResult[]
  readonly reason?: string
  readonly title?: string
}

export const caseResult = (
  scenario: string,
  hosts: Record<string, string>,
  outcome: CaseResult['outcome'],
  shape: CaseShape = {},
): CaseResult => ({
  id: `${scenario} [${Object.entries(hosts)
    .map(([role, name]) => `${role}=${name}`)
    .join(',')}]`,
  scenario,
  title: shape.title ?? `It holds: ${scenario.split('/').at(-1)}`,
  requirement: 'password-secure-installation.md › Application server › Port 1433 TCP',
  hosts,
  outcome,
  durationMs: 12.4,
  steps: shape.steps ?? [],
  ...(shape.reason === undefined ? {} : { reason: shape.reason }),
})

export const step = (title: string, outcome: StepResult['outcome'], ...evidence: JsonObject[]): StepResult => ({
  title,
  outcome,
  durationMs: 3.2,
  evidence,
})

/** The events of a whole run. */
export function runEvents(name: string, results: readonly CaseResult[]): RunEvent[] {
  const at = '2026-01-02T03:04:05.678Z'
  const count = (outcome: CaseResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  const total = results.length
  return [
    { type: 'run-started', at, landscape: name, engine: 'embedded', seed: 7, notes: ['no namespace: ports are moved'] },
    { type: 'component-started', at, host: 'sql1', kind: 'sql-server', elapsedMs: 20, real: false },
    {
      ...{ type: 'component-started', at, host: 'web1', kind: 'web-server', elapsedMs: 31, real: true },
      ...{ version: 'nginx 1.22.1', warning: 'nginx 1.22.1 is older than 1.24.0, the documented minimum' },
    },
    { type: 'landscape-ready', at, elapsedMs: 412, hosts: 4, components: 5, endpoints: 7 },
    ...results.flatMap((result, index): RunEvent[] => [
      { type: 'case-started', at, case: result, index, total },
      { type: 'case-finished', at, result, index, total },
    ]),
    {
      type: 'run-finished',
      at,
      summary: {
        landscape: name,
        engine: 'embedded',
        seed: 7,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        readyMs: 412,
        durationMs: 2345,
        outcome: count('failed') > 0 ? 'failed' : 'passed',
      },
    },
  ]
}

/** Two passed cases, one that failed with hostile words, one skipped. */
export const smallResults: readonly CaseResult[] = [
  caseResult('password-secure/app-server/reaches-sql-server', { app: 'app1', sql: 'sql1' }, 'passed', {
    steps: [step('logs in', 'passed', observation('app1', 'sql1.corp.example', 1433, true))],
  }),
  caseResult('password-secure/client/logs-in', { client: 'client1', app: 'app1' }, 'passed', {
    steps: [step('shakes hands', 'passed', observation('client1', 'app1', 11011, true), { user: 'alice', rights: 3 })],
  }),
  caseResult('password-secure/client/real-time-updates', { client: 'client1', app: 'app1' }, 'failed', {
    title: 'A change reaches the client in real time',
    reason: `expected success, but ${hostile}`,
    steps: [
      step('logs in', 'passed', observation('client1', 'app1', 11011, true)),
      step('opens 11018', 'failed', observation('client1', 'app1', 11018, false, hostile), { note: hostile }),
    ],
  }),
  caseResult('password-secure/web-server/low-port', { web: 'web1' }, 'skipped', {
    reason: 'ports below 1024 need root',
  }),
]
