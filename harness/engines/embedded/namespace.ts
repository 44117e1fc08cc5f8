import { execFile } from 'node:child_process'
import { delimiter } from 'node:path'
import { HarnessError, messageOf } from '../../context/error.ts'
import { findProgram } from '../../context/find-program.ts'
import { inNamespace, NAMESPACE_MARKER } from '../../network/own-namespace.ts'

export { inNamespace, NAMESPACE_MARKER } from '../../network/own-namespace.ts'

export interface NamespaceSupport {
  readonly available: boolean
  /** Why not, or how. */
  readonly reason: string
}

let support: Promise<NamespaceSupport> | undefined

/** Whether this process may have a user and network namespace of its own: asked of the kernel once, by entering one. */
export function namespaceSupport(): Promise<NamespaceSupport> {
  support ??= findSupport()
  return support
}

/**
 * Runs this program again in a network namespace of its own, with loopback up: same process id, arguments, folder,
 * environment and standard streams. Returns only when it is there already. Ask `namespaceSupport` first; fails with
 * `platform-unsupported` where the call itself is not possible.
 */
export function enterNamespace(argv: readonly string[] = process.argv.slice(1)): void {
  if (inNamespace()) return
  const { unshare, ip } = programs()
  if (unshare === undefined || ip === undefined || process.execve === undefined) {
    throw new HarnessError('platform-unsupported', `no network namespace on this system: ${missing(unshare, ip)}.`)
  }
  const program = [process.execPath, ...process.execArgv, ...argv]
  const args = [
    'unshare',
    ...(provenWay ?? waysIn()[0] ?? WITH_USER),
    '--',
    '/bin/sh',
    '-c',
    '"$0" link set lo up && exec "$@"',
    ip,
    ...program,
  ]
  process.execve(unshare, args, { ...process.env, [NAMESPACE_MARKER]: '1' })
}

const WITH_USER = ['--user', '--map-root-user', '--net']
/** Root needs no user namespace, and keeps its rights over files without; in a container it may be let in only with one. */
const waysIn = (): readonly (readonly string[])[] => (process.getuid?.() === 0 ? [['--net'], WITH_USER] : [WITH_USER])
let provenWay: readonly string[] | undefined

async function findSupport(): Promise<NamespaceSupport> {
  if (inNamespace()) return { available: true, reason: 'entered already' }
  const { unshare, ip } = programs()
  if (process.platform !== 'linux' || process.execve === undefined || unshare === undefined || ip === undefined) {
    return { available: false, reason: missing(unshare, ip) }
  }
  let refusal = ''
  for (const way of waysIn()) {
    refusal = await attempt(unshare, [...way, '--', ip, 'link', 'set', 'lo', 'up'])
    if (refusal !== '') continue
    provenWay = way
    return { available: true, reason: `unshare ${way.join(' ')}` }
  }
  return { available: false, reason: `the system forbids it: ${refusal}` }
}

/** What the program says against it; nothing when it succeeds. */
function attempt(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5000 }, (error, _stdout, stderr) => {
      resolve(error === null ? '' : stderr.trim() || messageOf(error))
    })
  })
}

function missing(unshare: string | undefined, ip: string | undefined): string {
  if (process.platform !== 'linux') return `${process.platform} has no network namespaces`
  if (process.execve === undefined) return 'this Node has no process.execve'
  const programs = [unshare === undefined ? 'unshare (util-linux)' : '', ip === undefined ? 'ip (iproute2)' : '']
  return `not installed: ${programs.filter(Boolean).join(', ')}`
}

/** An ordinary user's path often lacks the folders of system programs. */
const pathOf = (program: string): string | undefined =>
  findProgram([program], [process.env.PATH ?? '', '/usr/sbin', '/sbin', '/usr/bin', '/bin'].join(delimiter))

const programs = () => ({ unshare: pathOf('unshare'), ip: pathOf('ip') })
