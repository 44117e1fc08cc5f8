import type { Json } from './json.ts'

// A bare `key` is a licence's or a private one wherever this project says it.
const SECRET_NAME = /pass(word|phrase)?$|^pwd$|^key$|secret|token|private_?key|authorization|cookie|licen[cs]e_?key/i
const MASK = '********'

// A signed token (RFC 7515 section 7.1), which is good for whoever has read it; what is encrypted has five parts and stays. It begins
// where a run of its characters does: looking within the run as well takes time by its square.
const SIGNED_TOKEN = /(?<![\w.-])eyJ[\w-]*\.[\w-]+\.[\w-]+(?![\w.-])/g
const JSON_MEMBER = /"([^"\\]{1,64})"(\s*:\s*)"(?:[^"\\]|\\.)*"/g
/** What follows a name in an address or a form, in a connection string, and at a word's beginning. */
const PARAMETERS = [
  /([?&#])([\w.-]{1,64})=[^&#\s"'<>]*/g,
  /(;\s*)([\w.-]{1,64})\s*=\s*(?:'[^']*'|"[^"]*"|[^;]*)/g,
  /(^|\s)([\w.-]{1,64})=(?:'[^']*'|"[^"]*"|[^&;\s"'<>]+)/g,
]
/** What stands for a person in an address, though it is no secret by that name elsewhere. */
const SECRET_PARAMETER = /^(code|activationcode)$/i

/** The same for what lies within a text: the body of an answer, an address, a connection string. */
function maskedText(text: string): string {
  if (!/eyJ|[=:]/.test(text)) return text
  const parameter = (all: string, before: string, name: string): string =>
    SECRET_NAME.test(name) || (/[?&#]/.test(before) && SECRET_PARAMETER.test(name)) ? `${before}${name}=${MASK}` : all
  const shown = text
    .replace(SIGNED_TOKEN, MASK)
    .replace(JSON_MEMBER, (all, name: string, colon: string) =>
      SECRET_NAME.test(name) ? `"${name}"${colon}"${MASK}"` : all,
    )
  return PARAMETERS.reduce((masking, form) => masking.replace(form, parameter), shown)
}

/** A copy in which every value under a secret's name is replaced: journals and reports carry no passwords. */
export function masked(value: Json | undefined, name = ''): Json {
  if (value === undefined || value === null) return null
  if (SECRET_NAME.test(name) && typeof value !== 'boolean') return MASK
  if (Array.isArray(value)) return value.map((item: Json) => masked(item))
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]))
  }
  return typeof value === 'string' ? maskedText(value) : value
}
