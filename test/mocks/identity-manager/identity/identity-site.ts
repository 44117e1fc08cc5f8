import { createHash, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import type { JournalEntry } from '../../../../harness/context/events.ts'
import {
  createIdentityServer,
  type IdentityServerOptions,
} from '../../../../mocks/identity-manager/server/identity/identity-server.ts'
import { type ComponentHostDoubles, componentHostDoubles } from '../../../support/component-host-double.ts'
import { type Ended, run } from '../../../support/programs.ts'

export const ISSUER = 'https://im1.corp.example'
export const CLIENT_ID = 'Agent1@corp.example'
export const CLIENT_SECRET = 'Agent-Secret-1'
export const HASHED_SECRET = createHash('sha256').update(CLIENT_SECRET).digest('base64')

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const signingKey = { ...keys, thumbprint: 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334' }

const people = new Map([
  ['alice', { password: 'Alice-1', user: { login: 'alice', displayName: 'Alice Martin' } }],
  ['bob', { password: 'Bob-1', user: { login: 'bob', displayName: 'Bob <b>Roy</b>' } }],
])

const users: IdentityServerOptions['users'] = {
  async check(login, password) {
    const known = people.get(login)
    return known?.password === password ? known.user : undefined
  },
  find: async (login) => people.get(login.replace(/^.*\\/, ''))?.user,
}

export interface IdentitySite extends AsyncDisposable {
  readonly doubles: ComponentHostDoubles
  readonly journal: readonly JournalEntry[]
  /** Runs curl against the site, trusting the test's root; paths are the site's. */
  curl(path: string, ...args: readonly string[]): Promise<Ended>
  readonly curlArguments: readonly string[]
  /** A file in a folder that goes with the site. */
  file(name: string): string
  /** Lets the clock of every host stand so much later. */
  pass(ms: number): void
}

const base: Omit<IdentityServerOptions, 'users'> = {
  issuer: ISSUER,
  applicationDomain: 'corp.example',
  signingKey,
  apiClients: new Map([['Agent1', { hashedSecret: HASHED_SECRET }]]),
  allowLocalLogin: true,
  anonymous: true,
  openIdProviders: [],
  cookieLifetimeMs: 8 * 3_600_000,
  slidingMs: 600_000,
  showPII: false,
}

/** An HTTPS server with the identity server in it, a start page for people and an API. */
export async function identitySite(
  wish: Partial<IdentityServerOptions> = {},
  given?: ComponentHostDoubles,
): Promise<IdentitySite> {
  await using starting = new AsyncDisposableStack()
  let laterMs = 0
  const doubles = given ?? starting.use(await componentHostDoubles({ now: () => new Date(Date.now() + laterMs) }))
  const double = doubles.host('im1')
  const listens = [{ id: 'https', port: 443, protocol: 'tcp', tls: 'implicit', purpose: 'test' }] as const
  const host = double.componentHost('identity-manager/server', listens, new AbortController().signal)
  const identity = starting.use(createIdentityServer(host, { ...base, users, ...wish }))
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      if (await identity.handle(request, response)) return
      const api = request.url?.startsWith('/api/')
      const caller = await identity.authenticate(request)
      if (!caller) return identity.challenge(request, response, api ? 'api' : 'page')
      response.end(JSON.stringify(caller))
    }
    answer().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  starting.defer(() => void server.close())
  starting.use(await host.listen('https', server, { certificate: () => host.certificates.issue() }))
  const folder = doubles.landscape.folder
  const root = join(folder, 'root.pem')
  writeFileSync(root, doubles.landscape.root)
  const seen = doubles.landscape.seen('im1', 443)
  const curlArguments = [
    ...['--silent', '--show-error', '--cacert', root],
    ...['--connect-to', `im1.corp.example:443:${seen.address}:${seen.port}`],
  ]
  const owned = starting.move()
  return {
    doubles,
    journal: double.journal,
    curlArguments,
    curl: (path, ...args) => run('curl', [...curlArguments, ...args, `${ISSUER}${path}`]),
    file: (name) => join(folder, name),
    pass: (ms) => {
      laterMs += ms
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
