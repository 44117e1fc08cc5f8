import type { HttpAnswer, HttpClient } from '../clients/http.ts'
import type { JsonObject } from '../context/json.ts'
import { failureOf } from './ended-by.ts'

const MAX_LIST_BYTES = 1024 * 1024

export interface FetchedRevocation {
  /** Each list once, PEM. */
  readonly lists: readonly string[]
  /** What came of each place that a certificate names, or that it names none; leaf first. */
  readonly facts: readonly JsonObject[]
}

/** Fetches the lists that a chain's certificates (PEM, leaf first) name, as a client does that checks revocation. */
export async function fetchRevocation(
  http: Pick<HttpClient, 'request'>,
  chain: readonly string[],
  signal: AbortSignal,
): Promise<FetchedRevocation> {
  const { distributionPointsOf } = await import('../pki/read-revocation.ts')
  const lists = new Map<string, string>()
  const facts: JsonObject[] = []
  for (const [depth, pem] of chain.entries()) {
    const urls = await distributionPointsOf(pem)
    if (urls.length === 0) facts.push({ depth, result: 'the certificate names no list' })
    for (const url of urls) {
      const { pem: list, ...seen } = await fetchList(http, url, signal)
      facts.push({ depth, url, ...seen })
      if (list !== undefined) lists.set(url, list)
    }
  }
  return { lists: [...lists.values()], facts }
}

async function fetchList(
  http: Pick<HttpClient, 'request'>,
  url: string,
  signal: AbortSignal,
): Promise<JsonObject & { readonly pem?: string }> {
  let answer: HttpAnswer
  try {
    answer = await http.request(url, { maxBytes: MAX_LIST_BYTES, signal })
  } catch (thrown) {
    signal.throwIfAborted()
    const { error, cause } = failureOf('undici', thrown)
    const said = cause ?? error
    return { result: 'unreachable', ...(said.code !== undefined && { code: said.code }), text: said.text }
  }
  if (answer.status !== 200) return { result: `answered with status ${answer.status}` }
  const { readRevocationList } = await import('../pki/read-revocation.ts')
  const read = await readRevocationList(answer.body)
  return 'reason' in read
    ? { result: 'what came is no revocation list', text: read.reason }
    : { result: 'read', ...read }
}
