import mssql from 'mssql'
import { OPERATOR } from '../../harness/landscape/landscape.ts'
import type { Endpoint } from '../../harness/network/endpoint.ts'
import { openKeyPool, openPki } from '../../harness/pki/index.ts'
import { sqlServer } from '../../mocks/sql-server/kind.ts'
import { listening } from './bare-server.ts'
import type { Bench } from './bench.ts'
import { operatorEndpoint, startWith } from './bench-landscape.ts'
import { cannedServer, recorder } from './canned-tds.ts'
import { inTurn, median, quantile, ratio } from './statistics.ts'

const ROUNDS = 9
const LOGINS = 40
const QUERIES = 2_000
const CONNECTIONS = 4
const QUERY = 'SELECT 1 AS one'
const CANNED_NAME = 'canned.example'
const PASSWORD = 'Bench-0f-SQL!'

interface Place {
  readonly at: Endpoint
  /** The name in the server's certificate and the root that vouches for it; absent where nothing is encrypted. */
  readonly tls?: { readonly name: string; readonly ca: string }
}

/** Logins and queries at the landscape's SQL Server, beside a server that answers the same bytes without thinking. */
export const sql: Bench = {
  name: 'sql',
  title: 'SQL through mssql over TLS, beside a server of canned answers',
  async run() {
    const hosts = {
      sql1: { runs: { 'sql-server': { saPassword: PASSWORD } } },
      plain1: { runs: { 'sql-server': { saPassword: PASSWORD, encryption: 'unsupported' } } },
    }
    await using lab = await startWith([sqlServer], { landscape: 'sql', hosts })
    const own = { name: 'sql1.corp.example', ca: await lab.host(OPERATOR).trusted() }
    await using keys = openKeyPool({ folder: lab.folder })
    await using pki = openPki({ organisation: 'Bench', now: () => new Date(), keys })
    await using bare = await listening(await canned(operatorEndpoint(lab, 'plain1', 1433), pki))
    const places = {
      landscape: { at: operatorEndpoint(lab, 'sql1', 1433), tls: own },
      canned: { at: bare.endpoint, tls: { name: CANNED_NAME, ca: await pki.root() } },
    }

    const times = { landscape: [] as number[], canned: [] as number[] }
    const logins = await inTurn(ROUNDS, {
      landscape: () => loginsPerSecond(places.landscape, times.landscape),
      canned: () => loginsPerSecond(places.canned, times.canned),
    })
    await using pools = new AsyncDisposableStack()
    const open = async (place: Place) => pools.adopt(await connected(place), (pool) => pool.close())
    const [ours, theirs] = [await open(places.landscape), await open(places.canned)]
    const queries = await inTurn(ROUNDS, {
      landscape: () => queriesPerSecond(ours),
      canned: () => queriesPerSecond(theirs),
    })
    const [login, query] = [ratio(logins.landscape, logins.canned), ratio(queries.landscape, queries.canned)]
    return [
      { name: 'login: canned, p50', value: median(times.canned), unit: 'ms' },
      { name: 'login: landscape, p50', value: median(times.landscape), unit: 'ms', required: { atMost: 6 } },
      { name: 'login: landscape, p95', value: quantile(times.landscape, 0.95), unit: 'ms' },
      { name: 'login: canned', value: median(logins.canned), unit: '/s' },
      { name: 'login: landscape', value: median(logins.landscape), unit: '/s' },
      { name: 'login: landscape / canned', value: login, unit: '×', required: { atLeast: 0.85 } },
      { name: 'SELECT 1: canned', value: median(queries.canned), unit: '/s' },
      { name: 'SELECT 1: landscape', value: median(queries.landscape), unit: '/s' },
      { name: 'SELECT 1: landscape / canned', value: query, unit: '×', required: { atLeast: 0.85 } },
    ]
  },
}

/** A server that says what the landscape's says, byte for byte, recorded from a twin that does not encrypt. */
async function canned(twin: Endpoint, pki: ReturnType<typeof openPki>) {
  await using tap = await recorder(twin)
  const pool = await connected({ at: tap.endpoint })
  await pool.query(QUERY)
  await pool.close()
  const names = { commonName: CANNED_NAME, dnsNames: [CANNED_NAME], ipAddresses: ['127.0.0.1'] }
  return cannedServer(tap.answers, await pki.issue({ ...names, now: new Date() }))
}

function connected({ at, tls }: Place): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool({
    server: at.address,
    port: at.port,
    user: 'sa',
    password: PASSWORD,
    pool: { max: CONNECTIONS, min: 0 },
    options: tls
      ? { encrypt: true, serverName: tls.name, cryptoCredentialsDetails: { ca: tls.ca } }
      : { encrypt: false },
  }).connect()
}

async function loginsPerSecond(place: Place, times: number[]): Promise<number> {
  const began = performance.now()
  for (let login = 0; login < LOGINS; login++) {
    const started = performance.now()
    const pool = await connected(place)
    times.push(performance.now() - started)
    await pool.close()
  }
  return LOGINS / ((performance.now() - began) / 1_000)
}

async function queriesPerSecond(pool: mssql.ConnectionPool): Promise<number> {
  const client = async () => {
    for (let query = 0; query < QUERIES / CONNECTIONS; query++) await pool.query(QUERY)
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
  return QUERIES / ((performance.now() - began) / 1_000)
}
