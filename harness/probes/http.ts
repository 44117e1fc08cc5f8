import { z } from 'zod'
import { sessionFacts } from './certificate-chain.ts'
import { given, hostInput, portInput, servernameInput, trustInput } from './input.ts'
import { observe } from './observe.ts'
import type { Probe } from './probe.ts'

const MAX_TEXT = 16 * 1024

const input = z
  .strictObject({
    url: z
      .string()
      .regex(/^https?:\/\//, 'must begin with http:// or https://')
      .optional()
      .describe('whole URL; else host, port and path'),
    host: hostInput.optional(),
    port: portInput().optional(),
    path: z.string().startsWith('/', 'must begin with /').default('/').describe('path and query'),
    tls: z.boolean().default(true).describe('https rather than http, where no URL is given'),
    method: z.string().default('GET').describe('method'),
    headers: z.record(z.string(), z.string()).default({}).describe('request headers'),
    body: z.string().optional().describe('request body'),
    servername: servernameInput,
    trust: trustInput,
  })
  .refine(({ url, host }) => url !== undefined || host !== undefined, 'give a url or a host')

/** One HTTP request over a connection of its own. Any answer is a success; its status is a fact. */
export const httpProbe: Probe<typeof input> = {
  name: 'http',
  summary: 'Send an HTTP request and read the answer',
  input,
  run: (environment, settings, signal) => {
    const { host = '', path, tls, method, headers, body, servername, trust } = settings
    const scheme = tls ? 'https' : 'http'
    const url = settings.url ?? `${scheme}://${bracketed(host)}${settings.port ? `:${settings.port}` : ''}${path}`
    const target = URL.parse(url)
    const to = target?.hostname.replace(/^\[|\]$/g, '') || host
    const port = Number(target?.port) || (target?.protocol === 'http:' ? 80 : 443)
    return observe(environment, { probe: 'http', client: 'undici', to, port, signal }, async (facts) => {
      const answer = await environment.clients.http.request(url, {
        ...given({ method, headers, body, servername, trust }),
        signal,
        onSession: (session) => {
          facts.tls = sessionFacts(session)
        },
      })
      if (answer.remoteAddress) facts.tcp = { remoteAddress: answer.remoteAddress }
      facts.http = {
        status: answer.status,
        headers: { ...answer.headers },
        body: answer.text.slice(0, MAX_TEXT),
        bytes: answer.body.length,
      }
    })
  },
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)
