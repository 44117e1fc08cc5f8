/** JSON_MODIFY: the text with one value put in, changed, appended to or taken out. */

import { SqlError } from '../sql-error.ts'
import { type JsonPath, jsonAt, notFound } from './json-path.ts'
import { type JsonMember, type JsonPart, jsonMembers, jsonRoot } from './json-text.ts'

/** `value` is JSON, or undefined for SQL's NULL. */
export function jsonModify(text: string, path: JsonPath, value: string | undefined): string {
  const root = jsonRoot(text)
  const last = path.steps.at(-1)
  if (path.append) return append(text, path, root, value ?? 'null')
  if (last === undefined) return value ?? text
  const parent = jsonAt(text, { ...path, steps: path.steps.slice(0, -1) }, root)
  if (!parent || parent.kind !== (typeof last === 'number' ? 'array' : 'object')) {
    if (path.strict) throw notFound()
    return text
  }
  const members = jsonMembers(text, parent)
  const at = members.findIndex((member) => member.key === last)
  const found = members[at]
  if (found) {
    // NULL takes a property away in lax mode; an element stays as null.
    if (value === undefined && !path.strict && typeof last === 'string') return remove(text, parent, members, at)
    return replace(text, found, value ?? 'null')
  }
  if (path.strict) throw notFound()
  if (value === undefined || typeof last === 'number') return text
  return insert(text, parent, members, `${JSON.stringify(last)}:${value}`)
}

const replace = (text: string, part: JsonPart, by: string): string =>
  text.slice(0, part.start) + by + text.slice(part.end)

function insert(text: string, parent: JsonPart, members: readonly JsonMember[], item: string): string {
  const at = members.at(-1)?.end ?? parent.start + 1
  return `${text.slice(0, at)}${members.length > 0 ? ',' : ''}${item}${text.slice(at)}`
}

function append(text: string, path: JsonPath, root: JsonPart, value: string): string {
  const found = jsonAt(text, path, root)
  if (!found) return jsonModify(text, { ...path, append: false }, `[${value}]`)
  if (found.kind !== 'array') {
    if (path.strict) throw new SqlError(13611, 16, 1, 'Array cannot be found in the specified JSON path.')
    return text
  }
  return insert(text, found, jsonMembers(text, found), value)
}

/** Takes a property with its name and comma. */
function remove(text: string, parent: JsonPart, members: readonly JsonMember[], at: number): string {
  const before = members[at - 1]
  const from = before?.end ?? parent.start + 1
  const own = members[at]?.end ?? from
  const next = members[at + 1]
  if (before || !next) return text.slice(0, from) + text.slice(own)
  return text.slice(0, from) + text.slice(text.indexOf(',', own) + 1).trimStart()
}
