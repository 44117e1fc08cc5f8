import { DotnetJsonError } from './dotnet-json-error.ts'

const code = (character: string): number => character.charCodeAt(0)
const [TAB, NEWLINE, RETURN, BLANK] = [9, 10, 13, 32]
const [SLASH, STAR] = [code('/'), code('*')]

/** A place in JSON text, and errors of that place in System.Text.Json's words: line and byte from zero. */
export class JsonCursor {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Undefined at the end. */
  get byte(): number | undefined {
    return this.bytes[this.at]
  }

  blanks(): void {
    for (;;) {
      const byte = this.byte
      if (byte === BLANK || byte === TAB || byte === NEWLINE || byte === RETURN) this.at += 1
      else if (byte === SLASH) this.#comment()
      else return
    }
  }

  #comment(): void {
    const kind = this.bytes[this.at + 1]
    if (kind !== SLASH && kind !== STAR) this.failAt('{0} is an invalid start of a value.')
    const end = this.bytes.indexOf(kind === SLASH ? '\n' : '*/', this.at + 2)
    if (end < 0 && kind === STAR) {
      this.at = this.bytes.length
      this.fail('Unexpected end of data while reading a comment.')
    }
    if (end < 0) this.at = this.bytes.length
    else this.at = kind === SLASH ? end + 1 : end + 2
  }

  failOpen(): never {
    return this.fail(
      'Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.',
    )
  }

  /** With the character at hand for `{0}`; what cannot be printed as its number. */
  failAt(text: string): never {
    const byte = this.byte ?? 0
    const shown = byte >= BLANK && byte < 127 ? `'${String.fromCharCode(byte)}'` : `'0x${hex(byte)}'`
    return this.fail(text.replace('{0}', shown))
  }

  fail(text: string): never {
    const before = this.bytes.subarray(0, this.at)
    const line = before.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0)
    const inLine = this.at - (before.lastIndexOf(NEWLINE) + 1)
    throw new DotnetJsonError(
      'System.Text.Json.JsonReaderException',
      `${text} LineNumber: ${line} | BytePositionInLine: ${inLine}.`,
    )
  }
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')
