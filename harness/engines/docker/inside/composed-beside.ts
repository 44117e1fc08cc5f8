import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HarnessError } from '../../../context/error.ts'
import type { BesideSpec } from '../../../host/beside.ts'
import type { HostPlace } from '../../../host/host-place.ts'
import { besideService, inContainer } from '../compose/prepared.ts'
import { type Exchange, openExchange } from './exchange.ts'

/** Root of the authorities under which the files were made: another export's are made anew. */
const MADE_UNDER = '.landscape-root.pem'

export interface ComposedBesideOptions {
  readonly host: string
  /** By the name of the service. */
  readonly firstPasswords: Readonly<Record<string, string>>
  readonly rootPem: string
  readonly exchange: Exchange
  write(line: string): void
}

/** Vendors' programs that Compose starts beside this host, once their files are where they look for them. */
export function composedBeside(options: ComposedBesideOptions): NonNullable<HostPlace['startBeside']> {
  const { host, firstPasswords, rootPem, exchange, write } = options
  return async (spec) => {
    const service = besideService(host, spec.program)
    const password = firstPasswords[service]
    if (password === undefined) throw new HarnessError('internal', `the export has no service ${service}`)
    putFiles(inContainer.beside(spec.program), spec, rootPem)
    exchange.show(filesKey(host, spec.program))
    write(`waits for ${service}; where ${host} was restarted alone: docker compose restart ${service}`)
    return {
      fresh: undefined,
      password,
      async kill() {
        throw new HarnessError('not-shown', `its container is not this host's: docker compose kill ${service}`)
      },
      // Compose stops it.
      async [Symbol.asyncDispose]() {},
    }
  }
}

/** Resolves when the host has put a program's files there. Fails with `deadline-exceeded`. */
export const filesOfBeside = (host: string, program: string, signal: AbortSignal): Promise<void> =>
  openExchange(inContainer.exchange).stands(filesKey(host, program), signal)

const filesKey = (host: string, program: string): string => `${host}/${program}/files`

/** Made once: the program may be reading them while its host starts again. */
function putFiles(folder: string, { files, owner }: BesideSpec, rootPem: string): void {
  const madeUnder = join(folder, MADE_UNDER)
  if (existsSync(madeUnder) && readFileSync(madeUnder, 'utf8') === rootPem) return
  own(folder, 0o770)
  for (const { path, content } of files) {
    const file = join(folder, path)
    if (dirname(file) !== folder) {
      mkdirSync(dirname(file), { recursive: true })
      own(dirname(file), 0o700)
    }
    rmSync(file, { force: true })
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' })
    own(file, 0o600)
  }
  writeFileSync(madeUnder, rootPem)

  function own(path: string, mode: number): void {
    chmodSync(path, mode)
    chownSync(path, owner.uid, owner.gid)
  }
}
