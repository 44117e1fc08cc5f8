import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestServer } from '../running-server.ts'

/** A file beside the tests. */
export const here = (name: string): string => join(import.meta.dirname, name)

/** Runs a client with something on its standard input; gives all that it printed, on both channels. */
export function runClient(
  program: string,
  args: readonly string[],
  given: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { env: { ...process.env, ...given.env }, timeout: 60_000 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    )
    // A client that has already ended, because it could not log in, reads nothing more: what it printed says why.
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error)
    })
    child.stdin?.end(given.input ?? '')
  })
}

/** The environment in which FreeTDS knows the server by the name `sim`. */
export function freetdsEnvironment(server: TestServer, lines: readonly string[]): Record<string, string> {
  const file = join(server.folder, `freetds-${lines.join('-').replaceAll(/\W+/g, '_')}.conf`)
  writeFileSync(
    file,
    ['[sim]', 'host = 127.0.0.1', `port = ${server.port}`, 'client charset = UTF-8', ...lines].join('\n'),
  )
  return { FREETDSCONF: file, LC_ALL: 'C.UTF-8' }
}
