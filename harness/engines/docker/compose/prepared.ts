import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { codeOf, HarnessError, messageOf } from '../../../context/error.ts'
import type { WrittenAuthorities } from '../../../pki/index.ts'
import { HOST_FILES } from '../inside/host-files.ts'
import type { Setup } from '../link/protocol.ts'

/** Counted up when what is written for hosts that stand alone changes its shape. */
const FORMAT = 2

/** What a landscape's hosts are told before they start, as no harness will tell them. The same for all of them. */
export interface PreparedLandscape
  extends Pick<Setup, 'landscape' | 'seed' | 'computers' | 'addresses' | 'gateway' | 'subnet'> {
  readonly format: typeof FORMAT
  /** What the administrators of vendors' programs have on an empty data folder, by the name of the service. */
  readonly firstPasswords: Readonly<Record<string, string>>
}

export const preparedLandscape = (prepared: Omit<PreparedLandscape, 'format'>): PreparedLandscape => ({
  format: FORMAT,
  ...prepared,
})

/** Where things are in a host's container. */
export const inContainer = {
  landscape: '/etc/landscape-lab/landscape.json',
  authorities: '/etc/landscape-lab/authorities.json',
  root: '/etc/landscape-lab/root.pem',
  /** What hosts show one another: a volume of all of them. */
  exchange: '/srv/exchange',
  /** The host's file tree. */
  files: HOST_FILES,
  /** The data folder of a vendor's program, which stands beside the host in a service of its own. */
  beside: (program: string) => `/srv/beside/${program}`,
  /** Goes with the container. */
  state: '/run/landscape-lab',
  /** Exists while every component of the host stands. */
  ready: '/run/landscape-lab/ready',
} as const

/** The service of a vendor's program beside a host. */
export const besideService = (host: string, program: string): string => `${host}-${program}`

/** The one that it waits for: it ends when the program's files are there. */
export const filesService = (service: string): string => `${service}-files`

export interface PreparedFiles {
  readonly landscape: string
  readonly authorities: string
}

export interface Prepared {
  readonly landscape: PreparedLandscape
  readonly authorities: WrittenAuthorities
}

const authority = z.object({
  subject: z.object({ organisation: z.string(), commonName: z.string() }),
  ...{ root: z.string(), certificate: z.string(), key: z.string() },
})
const authoritiesSchema = z.object({ landscape: authority, public: authority })

/** Reads what was prepared for this container's host. Throws `file-unreadable` with what to do. */
export function readPrepared(files: PreparedFiles = inContainer): Prepared {
  const landscape = readJson(files.landscape, z.looseObject({ format: z.literal(FORMAT) }))
  const authorities = readJson(files.authorities, authoritiesSchema)
  // Written by this package, whose image the same export names; another one's format is refused above.
  return { landscape: landscape as unknown as PreparedLandscape, authorities }
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    const text = `cannot read ${path}: ${whatToDo(cause)}`
    throw new HarnessError('file-unreadable', text, { cause })
  }
}

function whatToDo(cause: unknown): string {
  switch (codeOf(cause)) {
    // The engine makes a folder of what it is to mount and cannot find.
    case 'EISDIR':
    case 'ENOENT':
      return 'secrets/ of the export is not there: bring it from where it was exported, in place of what stands there now'
    case 'EACCES':
      return "the engine's root may not read it: make it readable for that user"
    default: {
      const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)
      return `${reason}; export the landscape again for this image`
    }
  }
}
