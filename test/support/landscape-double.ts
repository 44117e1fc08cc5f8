import { mkdtemp, rm } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LandscapePki, openKeyPool, openPki } from '../../harness/pki/index.ts'

export interface LandscapeDoubleOptions {
  readonly domain?: string
  readonly patienceMs?: number
  readonly now?: () => Date
}

/** What the hosts of one test share: names, addresses, ports, authorities, a folder. */
export interface LandscapeDouble extends AsyncDisposable {
  readonly domain: string
  readonly patienceMs: number
  readonly folder: string
  readonly pki: LandscapePki
  readonly exported: Map<string, string>
  readonly root: string
  now(): Date
  /** A host's loopback address; made at first need. */
  addressOf(host: string): string
  hostAt(address: string): string | undefined
  fqdnOf(host: string): string
  /** Short name, full name or address → loopback address. */
  resolve(name: string): string | undefined
  /** Short and full names of the hosts that have an address by now. */
  names(): readonly string[]
  publish(host: string, port: number, seenPort: number): void
  withdraw(host: string, port: number): void
  /** Where a model's port is really reached; a port that nobody opened leads to one that refuses. */
  seen(host: string, port: number): { readonly address: string; readonly port: number }
  readonly lookup: LookupFunction
}

// Reserved (tcpmux), and nothing listens there on a developer's machine: connecting to it is refused.
const REFUSING_PORT = 1

export async function landscapeDouble(options: LandscapeDoubleOptions): Promise<LandscapeDouble> {
  await using starting = new AsyncDisposableStack()
  const folder = starting.adopt(await mkdtemp(join(tmpdir(), 'host-double-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  const now = options.now ?? (() => new Date())
  const keys = starting.use(openKeyPool({ folder: join(folder, 'keys') }))
  const pki = starting.use(openPki({ organisation: 'Corp', now, keys }))
  const root = await pki.root()
  const domain = options.domain ?? 'corp.example'
  const addresses = new Map<string, string>()
  const hosts = new Map<string, string>()
  const ports = new Map<string, number>()

  const addressOf = (host: string): string => {
    const known = addresses.get(host)
    if (known) return known
    // Linux answers on all of 127.0.0.0/8; elsewhere only on 127.0.0.1, and callers then look alike.
    const address = process.platform === 'linux' ? `127.77.0.${addresses.size + 1}` : '127.0.0.1'
    addresses.set(host, address)
    hosts.set(address, host)
    return address
  }
  const resolve = (name: string): string | undefined => {
    const short = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : name
    return addresses.get(short) ?? (hosts.has(name) ? name : undefined)
  }
  const owned = starting.move()
  return {
    domain,
    patienceMs: options.patienceMs ?? 1000,
    folder,
    pki,
    root,
    exported: new Map(),
    now,
    addressOf,
    resolve,
    names: () => [...addresses.keys()].flatMap((host) => [`${host}.${domain}`, host]),
    hostAt: (address) => hosts.get(address),
    fqdnOf: (host) => `${host}.${domain}`,
    publish: (host, port, seenPort) => void ports.set(`${host}:${port}`, seenPort),
    withdraw: (host, port) => void ports.delete(`${host}:${port}`),
    seen: (host, port) => ({ address: addressOf(host), port: ports.get(`${host}:${port}`) ?? REFUSING_PORT }),
    lookup(name, lookupOptions, callback) {
      const address = resolve(name)
      if (!address) {
        const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
          code: 'ENOTFOUND',
          errno: -3008,
          syscall: 'getaddrinfo',
          hostname: name,
        })
        process.nextTick(callback, error, '', 4)
        return
      }
      if (lookupOptions.all) process.nextTick(callback, null, [{ address, family: 4 }])
      else process.nextTick(callback, null, address, 4)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
