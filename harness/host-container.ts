import { messageOf } from './context/error.ts'
import { serveHost } from './engines/docker/inside/serve-host.ts'
import { kinds, probes } from './standard.ts'

/** The program of a host's container: one host, for the one harness that shows the run's token, until that is gone. */
try {
  await serveHost({ kinds, probes })
  process.exit(0)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
