import type { IncomingHttpHeaders } from 'node:http'

// RFC 9110 section 7.6.1: what concerns one connection only.
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export type HeaderList = Record<string, string | string[]>

/** Headers without those that concern one connection, including the ones that Connection names. */
export function endToEnd(headers: IncomingHttpHeaders, except: readonly string[] = []): HeaderList {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const dropped = new Set([...HOP_BY_HOP, ...named, ...except])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || dropped.has(name) ? [] : [[name, value] as const],
    ),
  )
}

/** A response's head as it goes on the wire. */
export function responseHead(status: number, phrase: string, headers: HeaderList): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`))
  return [`HTTP/1.1 ${status} ${phrase}`, ...lines, '', ''].join('\r\n')
}
