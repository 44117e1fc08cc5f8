import type { Json, JsonObject } from '../../../../harness/context/json.ts'

/** What .NET says of a JSON file that it cannot read. */
export class DotnetJsonError extends Error {
  override readonly name = 'DotnetJsonError'
  readonly type: string

  constructor(type: string, text: string) {
    super(text)
    this.type = type
  }
}

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
const [TAB, NEWLINE, RETURN, BLANK] = [9, 10, 13, 32]
const [QUOTE, BACKSLASH, SLASH, STAR] = [code('"'), code('\\'), code('/'), code('*')]
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
  readonly #bytes: Buffer
  #at = 0
  #depth = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  document(): Json {
    this.#blanks()
    if (this.#byte === undefined) {
      this.#fail(
        'The input does not contain any JSON tokens. Expected the input to start with a valid JSON token, when isFinalBlock is true.',
      )
    }
    const value = this.#value('')
    this.#blanks()
    if (this.#byte !== undefined) this.#failAt('{0} is invalid after a single JSON value. Expected end of data.')
    return value
  }

  get #byte(): number | undefined {
    return this.#bytes[this.#at]
  }

  #value(path: string): Json {
    const byte = this.#byte
    if (byte === code('{')) return this.#nested(() => this.#object(path))
    if (byte === code('[')) return this.#nested(() => this.#array(path))
    if (byte === QUOTE) return this.#string()
    if (byte === code('-') || isDigit(byte)) return this.#number()
    const literal = byte === undefined ? undefined : literals.get(byte)
    if (literal) return this.#literal(literal)
    if (byte === undefined) return this.#failOpen()
    return this.#failAt('{0} is an invalid start of a value.')
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) {
      const what = this.#byte === code('{') ? 'object' : 'array'
      this.#fail(`The maximum configured depth of ${MAX_DEPTH} has been exceeded. Cannot read next JSON ${what}.`)
    }
    this.#at += 1
    const value = read()
    this.#depth -= 1
    return value
  }

  #object(path: string): JsonObject {
    const entries: [string, Json][] = []
    const seen = new Set<string>()
    for (;;) {
      this.#blanks()
      if (this.#byte === undefined) return this.#failOpen()
      // A comma before the end is taken, as the provider allows it.
      if (this.#byte === code('}') && (entries.length === 0 || this.#afterComma)) break
      if (this.#byte !== QUOTE) this.#failAt("{0} is an invalid start of a property name. Expected a '\"'.")
      const key = this.#string()
      const full = path === '' ? key : `${path}:${key}`
      this.#blanks()
      if (this.#byte === undefined) return this.#failOpen()
      if (this.#byte !== code(':')) this.#failAt("{0} is invalid after a property name. Expected a ':'.")
      this.#at += 1
      this.#blanks()
      const value = this.#value(full)
      if (seen.has(key.toLowerCase())) {
        throw new DotnetJsonError('System.FormatException', `A duplicate key '${full}' was found.`)
      }
      seen.add(key.toLowerCase())
      entries.push([key, value])
      if (this.#separator(code('}'))) break
    }
    this.#at += 1
    this.#afterComma = false
    // Made by definition, not by assignment: a key `__proto__` is a key like others.
    return Object.fromEntries(entries)
  }

  #array(path: string): readonly Json[] {
    const values: Json[] = []
    for (;;) {
      this.#blanks()
      if (this.#byte === undefined) return this.#failOpen()
      if (this.#byte === code(']') && (values.length === 0 || this.#afterComma)) break
      values.push(this.#value(`${path}:${values.length}`))
      if (this.#separator(code(']'))) break
    }
    this.#at += 1
    this.#afterComma = false
    return values
  }

  #afterComma = false

  /** After a value: true at the closing bracket, false after a comma. */
  #separator(closing: number): boolean {
    this.#blanks()
    if (this.#byte === undefined) return this.#failOpen()
    if (this.#byte === closing) return true
    if (this.#byte !== code(',')) this.#failAt("{0} is invalid after a value. Expected either ',', '}', or ']'.")
    this.#at += 1
    this.#afterComma = true
    return false
  }

  #string(): string {
    const start = this.#at
    this.#at += 1
    for (;;) {
      const byte = this.#byte
      if (byte === undefined) return this.#fail('Expected end of string, but instead reached end of data.')
      if (byte === QUOTE) break
      if (byte < BLANK) {
        this.#failAt('{0} is invalid within a JSON string. The string should be correctly escaped.')
      }
      this.#at += 1
      if (byte === BACKSLASH) this.#escape()
    }
    this.#at += 1
    this.#afterComma = false
    // What has been checked byte by byte is what JSON.parse takes.
    return JSON.parse(this.#bytes.toString('utf8', start, this.#at))
  }

  #escape(): void {
    const byte = this.#byte
    if (byte === undefined) this.#fail('Expected end of string, but instead reached end of data.')
    if (byte !== code('u')) {
      if (!escapes.has(byte)) {
        this.#failAt(
          '{0} is an invalid escapable character within a JSON string. The string should be correctly escaped.',
        )
      }
      this.#at += 1
      return
    }
    this.#at += 1
    for (let digit = 0; digit < 4; digit += 1) {
      if (this.#byte === undefined) this.#fail('Expected end of string, but instead reached end of data.')
      if (!isHex(this.#byte)) {
        this.#failAt(
          "{0} is not a hex digit following '\\u' within a JSON string. The string should be correctly escaped.",
        )
      }
      this.#at += 1
    }
  }

  #number(): number {
    const start = this.#at
    if (this.#byte === code('-')) {
      this.#at += 1
      this.#digit(
        "{0} is invalid within a number, immediately after a sign character ('+' or '-'). Expected a digit ('0'-'9').",
      )
    }
    if (this.#byte === code('0')) {
      this.#at += 1
      if (isDigit(this.#byte)) this.#failAt('Invalid leading zero before {0}.')
    } else this.#digits()
    if (this.#byte === code('.')) {
      this.#at += 1
      this.#digit(
        "{0} is invalid within a number, immediately after a decimal point ('.'). Expected a digit ('0'-'9').",
      )
      this.#digits()
    }
    if (this.#byte === code('e') || this.#byte === code('E')) {
      this.#at += 1
      if (this.#byte === code('+') || this.#byte === code('-')) this.#at += 1
      this.#digit(
        "{0} is invalid within a number, immediately after a sign character ('+' or '-'). Expected a digit ('0'-'9').",
      )
      this.#digits()
    }
    const end = this.#byte
    if (end !== undefined && !NUMBER_ENDS.has(end)) {
      this.#failAt('{0} is an invalid end of a number. Expected a delimiter.')
    }
    this.#afterComma = false
    return Number(this.#bytes.toString('latin1', start, this.#at))
  }

  /** Leaves a digit where it stands; anything else fails. */
  #digit(text: string): void {
    if (this.#byte === undefined) this.#fail("Expected a digit ('0'-'9'), but instead reached end of data.")
    if (!isDigit(this.#byte)) this.#failAt(text)
  }

  #digits(): void {
    while (isDigit(this.#byte)) this.#at += 1
  }

  #literal({ text, value }: { readonly text: string; readonly value: Json }): Json {
    for (const character of text) {
      if (this.#byte !== code(character)) {
        const rest = this.#bytes.toString('utf8', this.#at - text.indexOf(character)).split(/[\s,\]}]/)[0] ?? ''
        this.#fail(`'${rest}' is an invalid JSON literal. Expected the literal '${text}'.`)
      }
      this.#at += 1
    }
    this.#afterComma = false
    return value
  }

  #blanks(): void {
    for (;;) {
      const byte = this.#byte
      if (byte === BLANK || byte === TAB || byte === NEWLINE || byte === RETURN) this.#at += 1
      else if (byte === SLASH) this.#comment()
      else return
    }
  }

  #comment(): void {
    const kind = this.#bytes[this.#at + 1]
    if (kind !== SLASH && kind !== STAR) this.#failAt('{0} is an invalid start of a value.')
    const end = this.#bytes.indexOf(kind === SLASH ? '\n' : '*/', this.#at + 2)
    if (end < 0 && kind === STAR) {
      this.#at = this.#bytes.length
      this.#fail('Unexpected end of data while reading a comment.')
    }
    if (end < 0) this.#at = this.#bytes.length
    else this.#at = kind === SLASH ? end + 1 : end + 2
  }

  #failOpen(): never {
    return this.#fail(
      'Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.',
    )
  }

  /** With the character at hand for `{0}`; what cannot be printed as its number. */
  #failAt(text: string): never {
    const byte = this.#byte ?? 0
    const shown = byte >= BLANK && byte < 127 ? `'${String.fromCharCode(byte)}'` : `'0x${hex(byte)}'`
    return this.#fail(text.replace('{0}', shown))
  }

  #fail(text: string): never {
    const before = this.#bytes.subarray(0, this.#at)
    const line = before.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0)
    const inLine = this.#at - (before.lastIndexOf(NEWLINE) + 1)
    throw new DotnetJsonError(
      'System.Text.Json.JsonReaderException',
      `${text} LineNumber: ${line} | BytePositionInLine: ${inLine}.`,
    )
  }
}

const NUMBER_ENDS = new Set([...' \t\r\n,]}/'].map(code))
const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')
