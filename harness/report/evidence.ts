import type { Json, JsonObject } from '../context/json.ts'
import type { Observation } from '../probes/observation.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The observation that a piece of evidence is, if it is one: evidence is plain JSON by the time that it is reported. */
export function observationIn(evidence: unknown): Observation | undefined {
  const strings = ['probe', 'from', 'to', 'at', 'ended']
  if (!isObject(evidence) || typeof evidence.ok !== 'boolean' || !isObject(evidence.facts)) return undefined
  if (!strings.every((key) => typeof evidence[key] === 'string')) return undefined
  // Every property that reports read has just been looked at; `error` is read with care below.
  return evidence as unknown as Observation
}

/** `tls client1 → app1:11011: failed, ended by peer: tls ECONNRESET "read ECONNRESET"`. */
export function observationLine(seen: Observation): string {
  const place = `${seen.probe} ${seen.from} → ${seen.to}${seen.port === undefined ? '' : `:${seen.port}`}`
  if (seen.ok) return `${place}: ok`
  const error = isObject(seen.error) ? seen.error : undefined
  const words = error
    ? [error.client, error.code, error.number, error.text === undefined ? undefined : `"${error.text}"`]
    : []
  const ours = error?.ours === true ? ' (our words)' : ''
  return `${place}: failed, ended by ${seen.ended}${words.length > 0 ? `: ${words.filter((word) => word !== undefined).join(' ')}${ours}` : ''}`
}

const scalar = (value: Json | undefined): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')

/** Any evidence in one line: observations in words, other facts as `key=value`. */
export function evidenceLine(evidence: JsonObject): string {
  const seen = observationIn(evidence)
  if (seen) return observationLine(seen)
  const { call, on, input, answer, ...rest } = evidence
  if (typeof call === 'string' && typeof on === 'string' && Object.keys(rest).length === 0) {
    return `${on}: ${call} ${scalar(input)} → ${scalar(answer)}`
  }
  return Object.entries(evidence)
    .map(([key, value]) => `${key}=${scalar(value)}`)
    .join(' ')
}
