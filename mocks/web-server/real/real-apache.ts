import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { apacheConfiguration } from './apache-configuration.ts'
import { apacheEntry, apacheError, apacheLine } from './apache-log.ts'
import type { RealProduct } from './real-product.ts'

/** Debian's, then Red Hat's. */
const MODULE_FOLDERS = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules'] as const
const SHOWN = new Set(['warn', 'error', 'crit', 'alert', 'emerg'])
const LOOPBACK = '127.0.0.1'

export const realApache: RealProduct = {
  program: 'apache2',
  name: 'Apache',
  minimum: '2.4.58',
  versionArgs: ['-v'],
  args: (files) => ['-d', files.root, '-f', files.configuration, '-DFOREGROUND'],
  configuration: (plan) =>
    apacheConfiguration(plan, MODULE_FOLDERS.find((folder) => existsSync(folder)) ?? MODULE_FOLDERS[0]),
  async listens() {
    const [http, https, settle] = await freePorts(3)
    return { http: `${LOOPBACK}:${http}`, https: `${LOOPBACK}:${https}`, settle: `${LOOPBACK}:${settle}` }
  },
  dial(listen) {
    return { host: LOOPBACK, port: Number(listen.split(':').at(-1)) }
  },
  reloadSignal: 'SIGUSR1',
  isReady: (text) => text.startsWith('AH00489:'),
  isReloaded: (text) => text.startsWith('AH00489:'),
  // It asks for names when it first needs them.
  isUnresolved: () => false,
  errorLine(line) {
    const read = apacheLine(line)
    return read && { isShown: SHOWN.has(read.level), text: read.text, error: apacheError(read) }
  },
  entry: apacheEntry,
}

/** Apache listens on no Unix socket. Nobody else takes ports in the host's network between this and its start. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, LOOPBACK))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
