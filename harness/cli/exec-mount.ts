import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { HarnessError } from '../context/error.ts'
import { type HostView, ownHostsFileText, trustVariables } from './host-view.ts'

/** Nobody listens there, so that a name that the hosts file does not have fails at once. */
const NO_RESOLVER = 'nameserver 127.255.255.254\noptions timeout:1 attempts:1\n'

/** Mounts the files given in pairs (file, place) where the place exists, then becomes the program. */
const SCRIPT = `set -e
while [ "$1" != -- ]; do
  if [ -d "$2" ]; then mount -t tmpfs none "$2"; elif [ -e "$2" ]; then mount --bind "$1" "$2"; fi
  shift 2
done
shift
exec "$@"`

/** Programs in front of the shell that mounts: into the run's network if it has its own, then out of our mounts. */
function entry(pid: number | undefined): readonly string[] {
  const isRoot = process.getuid?.() === 0
  const into =
    pid === undefined
      ? []
      : ['nsenter', '--target', String(pid), ...(isRoot ? [] : ['--user', '--preserve-credentials']), '--net', '--']
  const mapped = pid === undefined && !isRoot ? ['--user', '--map-root-user'] : []
  return [...into, 'unshare', ...mapped, '--mount', '--']
}

/** Throws `platform-unsupported`, with what to do instead, where a program cannot be given files of its own. */
export function checkExecSupport(host: string, pid: number | undefined): void {
  const instead = `Instead: landscape env ${host} --for curl|chromium|java|openssl|freetds.`
  if (process.platform !== 'linux') {
    throw new HarnessError(
      'platform-unsupported',
      `exec needs Linux's mount namespaces, and this is ${process.platform}. ${instead}`,
    )
  }
  const [program = '', ...args] = entry(pid)
  const { error, status, stderr } = spawnSync(program, [...args, 'true'], { encoding: 'utf8' })
  if (!error && status === 0) return
  const reason = error ? `${program} does not run (${error.message}); install util-linux` : stderr.trim()
  throw new HarnessError('platform-unsupported', `exec cannot have a mount namespace here: ${reason}. ${instead}`)
}

/** Runs a program as a host sees the world, on our own terminal. Gives its exit code, 128 + n when signal n ended it. */
export async function runAsHost(view: HostView, program: readonly string[], pid: number | undefined): Promise<number> {
  const resolver = join(view.folder, 'resolv.conf')
  const services = join(view.folder, 'nsswitch.conf')
  const ownHosts = join(view.folder, 'hosts.own')
  const asks = view.nameServers.length > 0
  writeFileSync(resolver, asks ? resolverText(view) : NO_RESOLVER)
  writeFileSync(services, servicesText(asks ? 'files dns' : 'files'))
  // A program that gives up its rights must still read it.
  if (asks) writeFileSync(ownHosts, ownHostsFileText(view), { mode: 0o644 })
  const mounts = [
    asks ? ownHosts : view.hostsFile,
    '/etc/hosts',
    resolver,
    '/etc/resolv.conf',
    services,
    '/etc/nsswitch.conf',
    '-',
    '/run/nscd',
  ]
  const [first = '', ...args] = [...entry(pid), '/bin/sh', '-c', SCRIPT, 'landscape-exec', ...mounts, '--', ...program]
  const child = spawn(first, args, { stdio: 'inherit', env: environmentOf(view) })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  // Ctrl-C reaches the program by the terminal; what is sent to us alone is handed on. Both end us only with it.
  const ignore = () => {}
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal)
  process.on('SIGINT', ignore)
  process.on('SIGTERM', passOn).on('SIGHUP', passOn)
  child.once('error', reject)
  child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  try {
    return await promise
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', passOn).off('SIGHUP', passOn)
  }
}

function environmentOf(view: HostView): NodeJS.ProcessEnv {
  const proxies = new Set(['http_proxy', 'https_proxy', 'all_proxy', 'ftp_proxy'])
  const kept = Object.entries(process.env).filter(([name]) => !proxies.has(name.toLowerCase()))
  return {
    ...Object.fromEntries(kept),
    ...trustVariables(view),
    LANDSCAPE_HOST: view.host,
    LANDSCAPE_RUN: view.run,
  }
}

/** The host's name servers, and nobody else. */
const resolverText = ({ nameServers, domain }: HostView): string =>
  `${nameServers.map((address) => `nameserver ${address}\n`).join('')}search ${domain}\noptions timeout:1 attempts:2\n`

/** The machine's own name services, but hosts from where the landscape has them. */
function servicesText(hosts: string): string {
  const path = '/etc/nsswitch.conf'
  const own = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return `${own.replaceAll(/^\s*hosts\s*:.*$/gm, '')}\nhosts: ${hosts}\n`
}
