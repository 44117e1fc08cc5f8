import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a Docker engine answers. */
export interface EngineAnswer {
  readonly status: number
  readonly body?: object
}

/** A Docker engine's socket that starts nothing: it answers, and remembers what it was asked to make and to remove. */
export interface EngineDouble extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly url: string
  /** `POST /networks/create`, `DELETE /containers/NAME`, …, without the version and what follows the path. */
  readonly asked: readonly string[]
  /** From now on nobody may use it who is not above all rights. */
  close(): void
}

export interface EngineDoubleOptions {
  /** Whether it has images of ours. */
  readonly images: boolean
  /** Its answer to one request, where it is not that of an engine that is well. */
  readonly refuses?: (request: string) => EngineAnswer | undefined
}

const WELL: readonly (readonly [RegExp, EngineAnswer])[] = [
  [/^GET \/info/, { status: 200, body: { ServerVersion: '20.10', OperatingSystem: 'Linux', OSType: 'linux' } }],
  [/^GET \/networks\/bridge/, { status: 200, body: {} }],
  [/^GET \/(containers\/json|networks)$/, { status: 200, body: [] }],
  [/^POST \/networks\/create/, { status: 201, body: { Id: 'n1' } }],
  [/^GET \/images\/.+\/json/, { status: 200, body: {} }],
  [/^POST \/containers\/create/, { status: 201, body: { Id: 'c1' } }],
  [/^DELETE /, { status: 204 }],
]

export async function engineDouble({ images, refuses }: EngineDoubleOptions): Promise<EngineDouble> {
  const folder = mkdtempSync(join(tmpdir(), 'landscape-engine-'))
  const socket = join(folder, 'docker.sock')
  const asked: string[] = []
  const base = { RepoTags: ['landscape-lab/base:double'], Created: 0, Labels: {} }
  const answerTo = (request: string): EngineAnswer =>
    refuses?.(request) ??
    (request === 'GET /images/json' ? { status: 200, body: images ? [base] : [] } : undefined) ??
    WELL.find(([pattern]) => pattern.test(request))?.[1] ?? { status: 404, body: { message: `what is ${request}?` } }
  const server = createServer((request, response) => {
    const line = lineOf(request)
    if (request.method !== 'GET') asked.push(line)
    const { status, body } = answerTo(line)
    request.resume()
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  })
  server.listen(socket)
  await once(server, 'listening')
  return {
    url: `unix://${socket}`,
    asked,
    close: () => chmodSync(socket, 0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const lineOf = ({ method, url = '' }: IncomingMessage): string =>
  `${method} ${url.replace(/^\/v[\d.]+(?=\/)/, '').replace(/\?.*/, '')}`
