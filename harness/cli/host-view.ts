import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlEndpoint } from '../host/control-protocol.ts'
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
  /** The platform has moved ports: programs must be told of each. */
  readonly portsMoved: boolean
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

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
  return { run: file.name, host, names, endpoints, folder, hostsFile, trustFile, rootFiles, emptyFolder, portsMoved }
}

/** On the host itself, localhost is the host, not the machine that all of them run on. */
function hostsFileText(host: string, names: ReadonlyMap<string, string>): string {
  const own = names.get(host) ?? '127.0.0.1'
  return `${[`${own}\tlocalhost`, ...hostsFileLines(names)].join('\n')}\n`
}

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
