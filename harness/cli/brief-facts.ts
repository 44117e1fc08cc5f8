import type { Json, JsonObject } from '../context/json.ts'

const MAX_TEXT = 400
const MAX_LINE = 100
const MAX_ITEMS = 10

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The facts of an observation that most questions are about; the answer's own layer first, those below it after. */
export function briefFacts(facts: JsonObject): JsonObject {
  const { tcp, tls, http, smtp, ...rest } = facts
  const layers = {
    ...(isObject(http) && { http: briefHttp(http) }),
    ...(isObject(smtp) && { smtp: { ...smtp, transcript: briefTranscript(smtp.transcript) } }),
    ...rest,
    ...(tcp !== undefined && { tcp }),
    ...(isObject(tls) && { tls: briefTls(tls) }),
  }
  return Object.fromEntries(Object.entries(layers).map(([layer, value]) => [layer, cut(value, MAX_TEXT)]))
}

function briefHttp({ headers, body, bytes }: JsonObject): JsonObject {
  const told = ['content-type', 'location', 'www-authenticate']
  const some = Object.entries(isObject(headers) ? headers : {}).filter(([name]) => told.includes(name))
  return { ...Object.fromEntries(some), bytes: bytes ?? 0, body: body ?? '' }
}

/** The session, and of the certificates the leaf's name, issuer and end. */
function briefTls({ protocol, cipher, alpn, authorized, authorizationError, chain }: JsonObject): JsonObject {
  const certificates = Array.isArray(chain) ? chain : []
  const leaf: Json | undefined = certificates[0]
  const { subject, issuer, dnsNames, notAfter } = isObject(leaf) ? leaf : {}
  const told = { protocol, cipher, alpn, authorized, authorizationError, subject, names: dnsNames, issuer, notAfter }
  const known = Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return { ...Object.fromEntries(known), certificates: certificates.length }
}

/** Each line of the conversation on its own, the last ones. */
function briefTranscript(transcript: Json | undefined): Json {
  const lines = Array.isArray(transcript) ? transcript : []
  const last = lines.slice(-MAX_ITEMS).map((line: Json, index) => [String(index + 1), cut(line, MAX_LINE)] as const)
  return last.length === 0 ? [] : Object.fromEntries(last)
}

function cut(value: Json, most: number): Json {
  if (typeof value === 'string') return value.length > most ? `${value.slice(0, most)}…` : value
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item: Json) => cut(item, most))
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items
  }
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item ?? null, most)]))
}
