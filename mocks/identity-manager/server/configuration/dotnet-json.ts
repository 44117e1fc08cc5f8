import type { Json, JsonObject } from '../../../../harness/context/json.ts'
import { DotnetJsonError } from './dotnet-json-error.ts'
import { JsonCursor } from './json-cursor.ts'

/**
 * Reads a settings file as .NET's JSON configuration provider does: comments and trailing commas are taken, keys compare
 * without regard to case and come once. Errors are System.Text.Json's, with the line and the byte in it, both from zero.
 */
export function parseDotnetJson(bytes: Buffer): JsonObject {
  const text = bytes.subarray(bytes.subarray(0, 3).equals(BOM) ? 3 : 0)
  if (text.length > MAX_BYTES) throw new DotnetJsonError('System.IO.IOException', 'The file is too large.')
  const reader = new Reader(text)
  const value = reader.document()
  if (!isObject(value)) {
    throw new DotnetJsonError(
      'System.FormatException',
      `Top-level JSON element must be an object. Instead, '${kindOf(value)}' was found.`,
    )
  }
  return value
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const MAX_BYTES = 1_048_576
const MAX_DEPTH = 64

const code = (character: string): number => character.charCodeAt(0)
const BLANK = 32
const [QUOTE, BACKSLASH] = [code('"'), code('\\')]
const literals = new Map<number, { readonly text: string; readonly value: Json }>([
  [code('t'), { text: 'true', value: true }],
  [code('f'), { text: 'false', value: false }],
  [code('n'), { text: 'null', value: null }],
])
const escapes = new Map([...'"\\/bfnrt'].map((character) => [code(character), character]))

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57
const isHex = (byte: number | undefined): boolean => byte !== undefined && /[0-9a-fA-F]/.test(String.fromCharCode(byte))

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'Array'
  if (value === null) return 'Null'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'number' ? 'Number' : 'String'
}

class Reader {
  readonly #on: JsonCursor
  #depth = 0

  constructor(bytes: Buffer) {
    this.#on = new JsonCursor(bytes)
  }

  document(): Json {
    this.#on.blanks()
    if (this.#on.byte === undefined) {
      this.#on.fail(
        'The input does not contain any JSON tokens. Expected the input to start with a valid JSON token, when isFinalBlock is true.',
      )
    }
    const value = this.#value('')
    this.#on.blanks()
    if (this.#on.byte !== undefined) this.#on.failAt('{0} is invalid after a single JSON value. Expected end of data.')
    return value
  }

  #value(path: string): Json {
    const byte = this.#on.byte
    if (byte === code('{')) return this.#nested(() => this.#object(path))
    if (byte === code('[')) return this.#nested(() => this.#array(path))
    if (byte === QUOTE) return this.#string()
    if (byte === code('-') || isDigit(byte)) return this.#number()
    const literal = byte === undefined ? undefined : literals.get(byte)
    if (literal) return this.#literal(literal)
    if (byte === undefined) return this.#on.failOpen()
    return this.#on.failAt('{0} is an invalid start of a value.')
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) {
      const what = this.#on.byte === code('{') ? 'object' : 'array'
      this.#on.fail(`The maximum configured depth of ${MAX_DEPTH} has been exceeded. Cannot read next JSON ${what}.`)
    }
    this.#on.at += 1
    const value = read()
    this.#depth -= 1
    return value
  }

  #object(path: string): JsonObject {
    const entries: [string, Json][] = []
    const seen = new Set<string>()
    for (;;) {
      this.#on.blanks()
      if (this.#on.byte === undefined) return this.#on.failOpen()
      // A comma before the end is taken, as the provider allows it.
      if (this.#on.byte === code('}') && (entries.length === 0 || this.#afterComma)) break
      if (this.#on.byte !== QUOTE) this.#on.failAt("{0} is an invalid start of a property name. Expected a '\"'.")
      const key = this.#string()
      const full = path === '' ? key : `${path}:${key}`
      this.#on.blanks()
      if (this.#on.byte === undefined) return this.#on.failOpen()
      if (this.#on.byte !== code(':')) this.#on.failAt("{0} is invalid after a property name. Expected a ':'.")
      this.#on.at += 1
      this.#on.blanks()
      const value = this.#value(full)
      if (seen.has(key.toLowerCase())) {
        throw new DotnetJsonError('System.FormatException', `A duplicate key '${full}' was found.`)
      }
      seen.add(key.toLowerCase())
      entries.push([key, value])
      if (this.#separator(code('}'))) break
    }
    this.#on.at += 1
    this.#afterComma = false
    // Made by definition, not by assignment: a key `__proto__` is a key like others.
    return Object.fromEntries(entries)
  }

  #array(path: string): readonly Json[] {
    const values: Json[] = []
    for (;;) {
      this.#on.blanks()
      if (this.#on.byte === undefined) return this.#on.failOpen()
      if (this.#on.byte === code(']') && (values.length === 0 || this.#afterComma)) break
      values.push(this.#value(`${path}:${values.length}`))
      if (this.#separator(code(']'))) break
    }
    this.#on.at += 1
    this.#afterComma = false
    return values
  }

  #afterComma = false

  /** After a value: true at the closing bracket, false after a comma. */
  #separator(closing: number): boolean {
    this.#on.blanks()
    if (this.#on.byte === undefined) return this.#on.failOpen()
    if (this.#on.byte === closing) return true
    if (this.#on.byte !== code(',')) this.#on.failAt("{0} is invalid after a value. Expected either ',', '}', or ']'.")
    this.#on.at += 1
    this.#afterComma = true
    return false
  }

  #string(): string {
    const start = this.#on.at
    this.#on.at += 1
    for (;;) {
      const byte = this.#on.byte
      if (byte === undefined) return this.#on.fail('Expected end of string, but instead reached end of data.')
      if (byte === QUOTE) break
      if (byte < BLANK) {
        this.#on.failAt('{0} is invalid within a JSON string. The string should be correctly escaped.')
      }
      this.#on.at += 1
      if (byte === BACKSLASH) this.#escape()
    }
    this.#on.at += 1
    this.#afterComma = false
    // What has been checked byte by byte is what JSON.parse takes.
    return JSON.parse(this.#on.bytes.toString('utf8', start, this.#on.at))
  }

  #escape(): void {
    const byte = this.#on.byte
    if (byte === undefined) this.#on.fail('Expected end of string, but instead reached end of data.')
    if (byte !== code('u')) {
      if (!escapes.has(byte)) {
        this.#on.failAt(
          '{0} is an invalid escapable character within a JSON string. The string should be correctly escaped.',
        )
      }
      this.#on.at += 1
      return
    }
    this.#on.at += 1
    for (let digit = 0; digit < 4; digit += 1) {
      if (this.#on.byte === undefined) this.#on.fail('Expected end of string, but instead reached end of data.')
      if (!isHex(this.#on.byte)) {
        this.#on.failAt(
          "{0} is not a hex digit following '\\u' within a JSON string. The string should be correctly escaped.",
        )
      }
      this.#on.at += 1
    }
  }

  #number(): number {
    const start = this.#on.at
    if (this.#on.byte === code('-')) {
      this.#on.at += 1
      this.#digit(
        "{0} is invalid within a number, immediately after a sign character ('+' or '-'). Expected a digit ('0'-'9').",
      )
    }
    if (this.#on.byte === code('0')) {
      this.#on.at += 1
      if (isDigit(this.#on.byte)) this.#on.failAt('Invalid leading zero before {0}.')
    } else this.#digits()
    if (this.#on.byte === code('.')) {
      this.#on.at += 1
      this.#digit(
        "{0} is invalid within a number, immediately after a decimal point ('.'). Expected a digit ('0'-'9').",
      )
      this.#digits()
    }
    if (this.#on.byte === code('e') || this.#on.byte === code('E')) {
      this.#on.at += 1
      if (this.#on.byte === code('+') || this.#on.byte === code('-')) this.#on.at += 1
      this.#digit(
        "{0} is invalid within a number, immediately after a sign character ('+' or '-'). Expected a digit ('0'-'9').",
      )
      this.#digits()
    }
    const end = this.#on.byte
    if (end !== undefined && !NUMBER_ENDS.has(end)) {
      this.#on.failAt('{0} is an invalid end of a number. Expected a delimiter.')
    }
    this.#afterComma = false
    return Number(this.#on.bytes.toString('latin1', start, this.#on.at))
  }

  /** Leaves a digit where it stands; anything else fails. */
  #digit(text: string): void {
    if (this.#on.byte === undefined) this.#on.fail("Expected a digit ('0'-'9'), but instead reached end of data.")
    if (!isDigit(this.#on.byte)) this.#on.failAt(text)
  }

  #digits(): void {
    while (isDigit(this.#on.byte)) this.#on.at += 1
  }

  #literal({ text, value }: { readonly text: string; readonly value: Json }): Json {
    for (const character of text) {
      if (this.#on.byte !== code(character)) {
        const rest = this.#on.bytes.toString('utf8', this.#on.at - text.indexOf(character)).split(/[\s,\]}]/)[0] ?? ''
        this.#on.fail(`'${rest}' is an invalid JSON literal. Expected the literal '${text}'.`)
      }
      this.#on.at += 1
    }
    this.#afterComma = false
    return value
  }
}

const NUMBER_ENDS = new Set([...' \t\r\n,]}/'].map(code))
