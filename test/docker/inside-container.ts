import { PassThrough } from 'node:stream'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { docker } from './engine-here.ts'

/** A program's way in and out, in the container of a host. */
async function execIn(lab: RunningLandscape, host: string, command: readonly string[]) {
  const engine = await docker()
  const filters = { label: ['landscape-lab.run'] }
  const found = (await engine.listContainers({ filters })).find(({ Names }) =>
    Names.some((name) => name.includes(lab.name) && name.endsWith(`-${host}`)),
  )
  if (!found) throw new Error(`there is no container of ${host}`)
  const exec = await engine.getContainer(found.Id).exec({
    ...{ Cmd: [...command], AttachStdin: true, AttachStdout: true, AttachStderr: true },
  })
  const stream = await exec.start({ hijack: true, stdin: true })
  const output = new PassThrough()
  engine.modem.demuxStream(stream, output, output)
  stream.once('close', () => output.end())
  return { stream, output }
}

/** What a program in the container of a host wrote, on either channel. */
export async function ranIn(lab: RunningLandscape, host: string, command: readonly string[]): Promise<string> {
  const { output } = await execIn(lab, host, command)
  return (await output.toArray()).join('')
}

/** What getaddrinfo says of a name to a Node program in the container: a code, or `found`. */
export async function lookupIn(lab: RunningLandscape, host: string, name: string): Promise<string> {
  const program = 'require("dns").lookup(process.argv[1], (error) => console.log(error ? error.code : "found"))'
  return (await ranIn(lab, host, ['node', '-e', program, name])).trim()
}

/** An open connection from a container to a port (`HOST PORT`). */
export async function openLine(lab: RunningLandscape, host: string, target: string) {
  const program =
    'const line = require("net").connect(process.argv[2], process.argv[1]); process.stdin.pipe(line).pipe(process.stdout)'
  const { stream, output } = await execIn(lab, host, ['node', '-e', program, ...target.split(' ')])
  let heard = ''
  output.on('data', (chunk: Buffer) => {
    heard += chunk
    output.emit('heard')
  })
  return {
    say: (text: string) => void stream.write(text),
    heard: () => heard,
    /** Resolves as soon as so much has been heard; the test's own time is its limit. */
    until: (wanted: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!wanted.test(heard)) return
          output.off('heard', look)
          resolve()
        }
        output.on('heard', look)
        output.once('end', () => reject(new Error(`the connection ended; heard: ${heard}`)))
        look()
      }),
    async [Symbol.asyncDispose]() {
      stream.end()
      stream.destroy()
    },
  }
}
