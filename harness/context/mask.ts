import type { Json } from './json.ts'

// A bare `key` is a licence's or a private one wherever this project says it.
const SECRET_NAME = /pass(word|phrase)?$|^key$|secret|token|private_?key|authorization|cookie|licen[cs]e_?key/i
const MASK = '********'

/** A copy in which every value under a secret's name is replaced: journals and reports carry no passwords. */
export function masked(value: Json | undefined, name = ''): Json {
  if (value === undefined || value === null) return null
  if (SECRET_NAME.test(name) && typeof value !== 'boolean') return MASK
  if (Array.isArray(value)) return value.map((item: Json) => masked(item))
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]))
  }
  return value
}
