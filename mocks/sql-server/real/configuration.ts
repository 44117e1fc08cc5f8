import { randomBytes } from 'node:crypto'
import type { BesideFile, BesideProgramSpec, BesideSpec } from '../../../harness/host/beside.ts'
import type { Issued } from '../../../harness/pki/index.ts'
import type { SqlServerSettings } from '../settings.ts'

/** Where SQL Server on Linux keeps everything that is its own. */
const DATA = '/var/opt/mssql'
const CERTIFICATE = 'tls/server.pem'
const KEY = 'tls/server.key'
/** MB: what the image needs at least. */
const MEMORY_MB = 2048

/** Behind the port that clients know, where callers are counted and lines are broken. */
export const innerPortOf = (port: number): number => (port === 11_433 ? 11_434 : 11_433)

/**
 * Editions that cost nothing, unless the machine's MSSQL_PID says that one with a licence is wanted: Developer is
 * Enterprise for tests.
 */
export const editionOf = ({ edition }: SqlServerSettings): string => (edition === 'express' ? 'Express' : 'Developer')

/** The user `mssql` of Microsoft's image and its group. */
const OWNER = { uid: 10_001, gid: 0 }

/** What the administrator has until the landscape's password is in force: strong enough for the image's policy. */
export const firstPassword = (): string => `Aa1!${randomBytes(18).toString('base64url')}`

/** How Microsoft's image is told what the landscape wants of it, as far as its environment goes. */
export function programSpec(settings: SqlServerSettings & { readonly image: string }, port: number): BesideProgramSpec {
  return {
    program: 'sql-server',
    image: settings.image,
    dataFolder: DATA,
    owner: OWNER,
    fromMachine: ['MSSQL_PID'],
    environment: {
      MSSQL_TCP_PORT: String(innerPortOf(port)),
      MSSQL_PID: editionOf(settings),
      MSSQL_COLLATION: settings.collation,
      MSSQL_MEMORY_LIMIT_MB: String(MEMORY_MB),
    },
  }
}

/** All that Microsoft's image is told, with its files. */
export function besideSpec(
  settings: SqlServerSettings & { readonly image: string },
  options: { readonly port: number; readonly certificate: Issued | undefined; readonly password: string },
): BesideSpec {
  const { port, certificate, password } = options
  return {
    ...programSpec(settings, port),
    password,
    files: [
      { path: 'mssql.conf', content: configurationText(settings, port, certificate !== undefined) },
      ...(certificate ? certificateFiles(certificate) : []),
    ],
  }
}

const certificateFiles = ({ chain, key }: Issued): readonly BesideFile[] => [
  { path: CERTIFICATE, content: chain },
  { path: KEY, content: key },
]

/** mssql.conf, as mssql-conf would write it ("Configure SQL Server on Linux with the mssql-conf tool"). */
const protocolNames = { TLSv1: '1.0', 'TLSv1.1': '1.1', 'TLSv1.2': '1.2', 'TLSv1.3': '1.3' } as const

function configurationText({ encryption, tls }: SqlServerSettings, port: number, withCertificate: boolean): string {
  const network = {
    tcpport: innerPortOf(port),
    forceencryption: encryption === 'required' ? 1 : 0,
    ...(withCertificate ? { tlscert: `${DATA}/${CERTIFICATE}`, tlskey: `${DATA}/${KEY}` } : {}),
    ...(withCertificate || tls.version ? { tlsprotocols: protocolNames[tls.version ?? 'TLSv1.2'] } : {}),
    ...(tls.ciphers ? { tlsciphers: tls.ciphers } : {}),
  }
  const lines = Object.entries(network).map(([name, value]) => `${name} = ${value}`)
  return ['[network]', ...lines, '', '[telemetry]', 'customerfeedback = false', ''].join('\n')
}
