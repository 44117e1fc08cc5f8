import { createPrivateKey } from 'node:crypto'
import { createServer } from 'node:https'
import { Pool } from 'undici'
import { OPERATOR } from '../../harness/landscape/landscape.ts'
import type { Endpoint } from '../../harness/network/endpoint.ts'
import { openKeyPool, openPki } from '../../harness/pki/index.ts'
import { identityManagerServer } from '../../mocks/identity-manager/server/kind.ts'
import { sqlServer } from '../../mocks/sql-server/kind.ts'
import { bareProvider, formLogin } from './bare-identity.ts'
import { listening } from './bare-server.ts'
import type { Bench } from './bench.ts'
import { operatorEndpoint, startWith } from './bench-landscape.ts'
import { inTurn, median, ratio } from './statistics.ts'

const ROUNDS = 9
const TOKENS = 300
const LOGINS = 150
const CONNECTIONS = 4
const NAME = 'im1.corp.example'
const SECRET = 'Bench-0f-Tokens!'
const PERSON = { login: 'alice', password: 'Alice-2026!' }

interface Place {
  readonly at: Endpoint
  readonly ca: string
}

/** Tokens and logins at Identity Manager's server, beside oidc-provider as it comes and a form that asks nothing but a hash. */
export const identity: Bench = {
  name: 'identity',
  title: 'Identity Manager’s tokens and logins a second over TLS, beside bare oidc-provider and a plain form',
  async run() {
    await using lab = await startWith([sqlServer, identityManagerServer], {
      landscape: 'identity',
      hosts: {
        sql1: { runs: { 'sql-server': {} } },
        im1: { runs: { 'identity-manager/server': { openIdClients: { Bench: SECRET } } } },
      },
    })
    await using keys = openKeyPool({ folder: lab.folder })
    await using pki = openPki({ organisation: 'Bench', now: () => new Date(), keys })
    const issued = await pki.issue({ commonName: NAME, dnsNames: [NAME], ipAddresses: [], now: new Date() })
    const tls = { key: issued.key, cert: issued.chain }
    const ca = await pki.root()
    const client = { id: `Bench@${NAME}`, secret: SECRET }
    const provider = await bareProvider(`https://${NAME}`, client, createPrivateKey(await keys.rsa2048()))
    await using bareTokens = await listening(createServer(tls, provider))
    await using bareForm = await listening(createServer(tls, await formLogin(PERSON)))
    const own: Place = { at: operatorEndpoint(lab, 'im1', 443), ca: await lab.host(OPERATOR).trusted() }
    await using pools = new AsyncDisposableStack()
    const pool = ({ at, ca: root }: Place): Pool =>
      pools.adopt(
        new Pool(`https://${at.address}:${at.port}`, {
          connections: CONNECTIONS,
          connect: { ca: root, servername: NAME },
        }),
        (opened) => opened.close(),
      )
    const ours = pool(own)
    const [theirTokens, theirForm] = [pool({ at: bareTokens.endpoint, ca }), pool({ at: bareForm.endpoint, ca })]
    const tokens = await inTurn(ROUNDS, {
      landscape: () => rate(TOKENS, () => token(ours, client)),
      bare: () => rate(TOKENS, () => token(theirTokens, client)),
    })
    const logins = await inTurn(ROUNDS, {
      landscape: () => rate(LOGINS, () => login(ours)),
      bare: () => rate(LOGINS, () => login(theirForm)),
    })
    return [
      { name: 'tokens: bare oidc-provider', value: median(tokens.bare), unit: '/s' },
      { name: 'tokens: landscape', value: median(tokens.landscape), unit: '/s' },
      { name: 'tokens: landscape / bare', value: ratio(tokens.landscape, tokens.bare), unit: '×' },
      { name: 'logins: plain form', value: median(logins.bare), unit: '/s' },
      { name: 'logins: landscape, users in SQL Server', value: median(logins.landscape), unit: '/s' },
      { name: 'logins: landscape / bare', value: ratio(logins.landscape, logins.bare), unit: '×' },
    ]
  },
}

/** So many at a time as there are connections. */
async function rate(count: number, once: () => Promise<void>): Promise<number> {
  const started = performance.now()
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) await once()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  return count / ((performance.now() - started) / 1_000)
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded', host: NAME }

async function token(pool: Pool, client: { readonly id: string; readonly secret: string }): Promise<void> {
  const wish = { grant_type: 'client_credentials', scope: 'usercube_api' }
  const body = new URLSearchParams({ ...wish, client_id: client.id, client_secret: client.secret }).toString()
  const answer = await pool.request({ method: 'POST', path: '/connect/token', headers: FORM, body })
  const given = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`no token: ${answer.statusCode} ${given}`)
}

/** As a browser does: the page, and its form with the cookie and the hidden field that came with it. */
async function login(pool: Pool): Promise<void> {
  const page = await pool.request({ method: 'GET', path: '/Account/Login', headers: { host: NAME } })
  const html = await page.body.text()
  const field = /name="__RequestVerificationToken" value="([^"]+)"/.exec(html)?.[1] ?? ''
  const cookie = [page.headers['set-cookie'] ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ')
  const fields = { ReturnUrl: '/', Username: PERSON.login, Password: PERSON.password }
  const body = new URLSearchParams({ ...fields, __RequestVerificationToken: field }).toString()
  const answer = await pool.request({ method: 'POST', path: '/Account/Login', headers: { ...FORM, cookie }, body })
  await answer.body.dump()
  if (answer.statusCode !== 302) throw new Error(`no login: ${answer.statusCode}`)
}
