import type { KeyObject } from 'node:crypto'
import type { Json, JsonObject } from '../../../harness/context/json.ts'
import { DecryptionFailed, decrypt, encrypt } from './jwe.ts'

/** A bound for a file that is read at start: each value costs a private-key operation of about a millisecond. */
const MAX_VALUES = 1_000
const MAX_DEPTH = 32

/**
 * The form of appsettings.encrypted.json: the keys can be read, every value that is no object or list is encrypted. A value
 * keeps its type: what is encrypted is its JSON.
 */
export async function encryptValues(json: JsonObject, to: KeyObject): Promise<JsonObject> {
  return members(json, (value) => encrypt(Buffer.from(JSON.stringify(value)), to))
}

/** What `encryptValues` was given. Throws `DecryptionFailed` with the key whose value cannot be read. */
export async function decryptValues(json: JsonObject, key: KeyObject): Promise<JsonObject> {
  return members(json, async (value, path) => {
    if (typeof value !== 'string') throw new DecryptionFailed('not-encrypted', `${path}: it is not encrypted`)
    try {
      return JSON.parse((await decrypt(value, key)).toString())
    } catch (cause) {
      if (cause instanceof DecryptionFailed)
        throw new DecryptionFailed(cause.code, `${path}: ${cause.message}`, { cause })
      throw new DecryptionFailed('damaged', `${path}: what was encrypted is no JSON value`, { cause })
    }
  })
}

type Leaf = Exclude<Json, JsonObject | readonly Json[]>
type Change = (value: Leaf, path: string) => Promise<Json>

/** One after the other, so that the first that fails is the one that is told. */
async function members(json: JsonObject, change: Change): Promise<JsonObject> {
  let count = 0
  const counted: Change = (value, path) => {
    count += 1
    if (count > MAX_VALUES) throw new DecryptionFailed('too-large', `there are more than ${MAX_VALUES} values`)
    return change(value, path)
  }
  const entries = async (of: object, path: readonly string[]): Promise<[string, Json][]> => {
    if (path.length > MAX_DEPTH) throw new DecryptionFailed('too-large', 'it is nested too deep')
    const changed: [string, Json][] = []
    for (const [key, value] of Object.entries(of)) {
      if (value !== undefined) changed.push([key, await walk(value, [...path, key])])
    }
    return changed
  }
  const walk = async (value: Json, path: readonly string[]): Promise<Json> => {
    if (typeof value !== 'object' || value === null) return counted(value, path.join(':'))
    const changed = await entries(value, path)
    return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed)
  }
  return Object.fromEntries(await entries(json, []))
}
