import { nginxConfiguration } from './nginx-configuration.ts'
import { nginxEntry, nginxError, nginxLine } from './nginx-log.ts'
import type { RealProduct } from './real-product.ts'

const SHOWN = new Set(['error', 'crit', 'alert', 'emerg'])

export const realNginx: RealProduct = {
  program: 'nginx',
  name: 'nginx',
  minimum: '1.24.0',
  versionArgs: ['-v'],
  args: (files) => ['-e', 'stderr', '-p', files.root, '-c', files.configuration],
  configuration: nginxConfiguration,
  listens: async ({ run }) => ({
    http: `${run}/http.sock`,
    https: `${run}/https.sock`,
    settle: `${run}/settle.sock`,
  }),
  dial: (path) => ({ path }),
  reloadSignal: 'SIGHUP',
  isReady: (text) => text.startsWith('start worker process '),
  isReloaded: (text) => text === 'gracefully shutting down',
  isUnresolved: (text) => text.includes('host not found in upstream'),
  errorLine(line) {
    const read = nginxLine(line)
    return read && { isShown: SHOWN.has(read.level), text: read.text, error: nginxError(read.text) }
  },
  entry: nginxEntry,
}
