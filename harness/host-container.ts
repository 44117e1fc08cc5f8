import { messageOf } from './context/error.ts'
import { serveHost } from './engines/docker/inside/serve-host.ts'
import { standAlone, toldBy } from './engines/docker/inside/stand-alone.ts'
import { kinds, probes } from './standard.ts'

/**
 * The program of a host's container. Without an argument: one host, for the one harness that shows the run's token, until that is
 * gone. With a host's name: that host of the landscape that was exported for it, until the container is stopped.
 */
const stopping = new AbortController()
const [host] = process.argv.slice(2)
try {
  if (host === undefined) await serveHost({ kinds, probes })
  else {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.abort(toldBy(name)))
    const write = (line: string) => void process.stdout.write(`${line}\n`)
    await standAlone({
      host,
      parts: { kinds, probes },
      signal: stopping.signal,
      write,
      onDown: () => stopping.abort(toldBy('landscape down')),
    })
  }
  process.exit(0)
} catch (error) {
  if (stopping.signal.aborted) process.exit(0)
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
