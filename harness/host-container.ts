import { HarnessError, messageOf } from './context/error.ts'

/**
 * The program of a host's container. Without an argument: one host, for the one harness that shows the run's token, until that is
 * gone. With a host's name: that host of the landscape that was exported for it, until the container is stopped.
 * With a program's name behind it: until that host has put the program's files there.
 */
const [host, program] = process.argv.slice(2)
const stopping = new AbortController()
let stands = false

function stop(how: string): void {
  stopping.abort(new HarnessError('interrupted', `told to end by ${how}`))
  if (!stands) process.exit(0)
}

try {
  if (host === undefined) {
    const [{ serveHost }, { kinds, probes }] = await Promise.all([
      import('./engines/docker/inside/serve-host.ts'),
      import('./standard.ts'),
    ])
    await serveHost({ kinds, probes })
  } else {
    // A container's first process hears no signal that it has not asked for: this comes before all that takes time to load.
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop(name))
    if (program !== undefined) {
      const { filesOfBeside } = await import('./engines/docker/inside/composed-beside.ts')
      await filesOfBeside(host, program, stopping.signal)
      process.exit(0)
    }
    const [{ standAlone }, { kinds, probes }] = await Promise.all([
      import('./engines/docker/inside/stand-alone.ts'),
      import('./standard.ts'),
    ])
    stands = true
    const write = (line: string) => void process.stdout.write(`${line}\n`)
    const parts = { kinds, probes }
    await standAlone({ host, parts, signal: stopping.signal, write, onDown: () => stop('landscape down') })
  }
  process.exit(0)
} catch (error) {
  if (stopping.signal.aborted) process.exit(0)
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
