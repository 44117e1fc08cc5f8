import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlEndpoint } from '../host/control-protocol.ts'
import { OPERATOR } from '../landscape/landscape.ts'
import type { StandingRun } from './standing-run.ts'
import { hostsFileLines } from './up-text.ts'

/** What a program needs to see the world as one host does, with the files that say it. */
export interface HostView {
  readonly run: string
  readonly host: string
  /** Every name that the host can resolve → address. */
  readonly names: ReadonlyMap<string, string>
  /** The ports that the host reaches. */
  readonly endpoints: readonly ControlEndpoint[]
  /** Holds the files below; empty beside them. */
  readonly folder: string
  readonly hostsFile: string
  /** PEM bundle of what the host trusts. */
  readonly trustFile: string
  /** Each root of it in a file of its own, for programs that take one at a time. */
  readonly rootFiles: readonly string[]
  /** A folder without certificates, so that nothing else is trusted. */
  readonly emptyFolder: string
  /** Addresses of the name servers that its programs can ask, as a resolver wants them: at port 53. */
  readonly nameServers: readonly string[]
  /** The host's own, which its resolver searches. */
  readonly domain: string
  /** The platform has moved ports: programs must be told of each. */
  readonly portsMoved: boolean
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const DNS_PORT = 53

/** Asks the run how a host sees the world, and writes that down in files, mode 0600, in a folder of the run. */
export async function hostView({ control, file }: StandingRun, host: string, folder: string): Promise<HostView> {
  const names = new Map(Object.entries(await control.request('names', { host })))
  const trusted = await control.request('trusted', { host })
  const endpoints = await control.request('endpoints', { from: host })
  const emptyFolder = join(folder, 'empty')
  mkdirSync(emptyFolder, { recursive: true, mode: 0o700 })
  const hostsFile = join(folder, 'hosts')
  const trustFile = join(folder, 'trusted-ca.pem')
  // A program that gives up its rights must still read the hosts file where it is mounted.
  writeFileSync(hostsFile, hostsFileText(host, names), { mode: 0o644 })
  writeFileSync(trustFile, trusted, { mode: 0o600 })
  const rootFiles = (trusted.match(CERTIFICATE) ?? []).map((pem, index) => {
    const file = join(folder, `trusted-${index + 1}.pem`)
    writeFileSync(file, `${pem}\n`, { mode: 0o600 })
    return file
  })
  const portsMoved = endpoints.some((endpoint) => endpoint.seenPort !== endpoint.port)
  const { domain: landscapeDomain, nameServers: servers } = await control.request('info', {})
  const fqdn = (await control.request('hosts', {})).find(({ name }) => name === host)?.fqdn
  const domain = fqdn?.slice(host.length + 1) ?? landscapeDomain
  // A resolver's file has no place for a port. The person at the keyboard is not in the organisation's network.
  const asked = portsMoved || host === OPERATOR ? [] : servers.filter(({ port }) => port === DNS_PORT)
  const nameServers = asked.flatMap((server) => names.get(server.host) ?? [])
  return {
    run: file.name,
    host,
    nameServers,
    domain,
    names,
    endpoints,
    folder,
    hostsFile,
    trustFile,
    rootFiles,
    emptyFolder,
    portsMoved,
  }
}

/** On the host itself, localhost is the host, not the machine that all of them run on. */
function hostsFileText(host: string, names: ReadonlyMap<string, string>): string {
  return `${[`${ownAddress(host, names)}\tlocalhost`, ...hostsFileLines(names)].join('\n')}\n`
}

/** The hosts file of a host that asks a name server: its own names alone. */
export const ownHostsFileText = ({ host, names, domain }: HostView): string =>
  `${ownAddress(host, names)}\tlocalhost ${host}.${domain} ${host}\n`

const ownAddress = (host: string, names: ReadonlyMap<string, string>): string => names.get(host) ?? '127.0.0.1'

/** The variables by which programs are told what to trust. */
export const trustVariables = ({ trustFile, emptyFolder }: HostView): Readonly<Record<string, string>> => ({
  SSL_CERT_FILE: trustFile,
  SSL_CERT_DIR: emptyFolder,
  CURL_CA_BUNDLE: trustFile,
  NODE_EXTRA_CA_CERTS: trustFile,
  REQUESTS_CA_BUNDLE: trustFile,
  PIP_CERT: trustFile,
  GIT_SSL_CAINFO: trustFile,
  AWS_CA_BUNDLE: trustFile,
  no_proxy: '*',
  NO_PROXY: '*',
})
