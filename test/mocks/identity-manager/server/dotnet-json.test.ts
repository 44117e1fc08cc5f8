import { describe, expect, test } from 'vitest'
import { parseDotnetJson } from '../../../../mocks/identity-manager/server/configuration/dotnet-json.ts'
import { DotnetJsonError } from '../../../../mocks/identity-manager/server/configuration/dotnet-json-error.ts'

const read = (text: string) => parseDotnetJson(Buffer.from(text))

function failure(text: string | Buffer): string {
  try {
    parseDotnetJson(Buffer.from(text))
  } catch (error) {
    if (error instanceof DotnetJsonError) return `${error.type}: ${error.message}`
    throw error
  }
  throw new Error('it was read')
}

describe('a settings file', () => {
  test('is JSON with comments, trailing commas and a byte order mark', () => {
    expect(read('\uFEFF{ // one\n "a": [1, -2.5e3, 0,], /* two */ "b": { "c": "é\\u00e9\\n", }, "d": null }')).toEqual({
      a: [1, -2500, 0],
      b: { c: 'éé\n' },
      d: null,
    })
  })

  test('keeps a key named __proto__ a key', () => {
    const value = read('{ "__proto__": { "a": 1 } }')
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect('a' in value).toBe(false)
  })

  // Texts: System.Text.Json's resources (dotnet/runtime, Strings.resx), line and byte from zero.
  test.each([
    [
      'a single backslash',
      '{\n  "File": "C:\\Usercube"\n}',
      "System.Text.Json.JsonReaderException: 'U' is an invalid escapable character within a JSON string. The string should be correctly escaped. LineNumber: 1 | BytePositionInLine: 14.",
    ],
    [
      'bytes, not characters, counted',
      '{ "é": x }',
      "System.Text.Json.JsonReaderException: 'x' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 8.",
    ],
    [
      'a missing comma',
      '{ "a": 1\n  "b": 2 }',
      "System.Text.Json.JsonReaderException: '\"' is invalid after a value. Expected either ',', '}', or ']'. LineNumber: 1 | BytePositionInLine: 2.",
    ],
    [
      'a missing bracket',
      '{ "a": { "b": 1 }\n',
      'System.Text.Json.JsonReaderException: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed. LineNumber: 1 | BytePositionInLine: 0.',
    ],
    [
      'a bracket too many',
      '{ } }',
      "System.Text.Json.JsonReaderException: '}' is invalid after a single JSON value. Expected end of data. LineNumber: 0 | BytePositionInLine: 4.",
    ],
    [
      'a name without quotes',
      '{ a: 1 }',
      "System.Text.Json.JsonReaderException: 'a' is an invalid start of a property name. Expected a '\"'. LineNumber: 0 | BytePositionInLine: 2.",
    ],
    [
      'a missing colon',
      '{ "a" 1 }',
      "System.Text.Json.JsonReaderException: '1' is invalid after a property name. Expected a ':'. LineNumber: 0 | BytePositionInLine: 6.",
    ],
    [
      'a line break in a string',
      '{ "a": "b\nc" }',
      "System.Text.Json.JsonReaderException: '0x0A' is invalid within a JSON string. The string should be correctly escaped. LineNumber: 0 | BytePositionInLine: 9.",
    ],
    [
      'a string without an end',
      '{ "a": "b',
      'System.Text.Json.JsonReaderException: Expected end of string, but instead reached end of data. LineNumber: 0 | BytePositionInLine: 9.',
    ],
    [
      'a leading zero',
      '{ "a": 01 }',
      "System.Text.Json.JsonReaderException: Invalid leading zero before '1'. LineNumber: 0 | BytePositionInLine: 8.",
    ],
    [
      'a number that goes on',
      '{ "a": 1x }',
      "System.Text.Json.JsonReaderException: 'x' is an invalid end of a number. Expected a delimiter. LineNumber: 0 | BytePositionInLine: 8.",
    ],
    [
      'no literal',
      '{ "a": ture }',
      "System.Text.Json.JsonReaderException: 'ture' is an invalid JSON literal. Expected the literal 'true'. LineNumber: 0 | BytePositionInLine: 8.",
    ],
    [
      'nothing',
      '',
      'System.Text.Json.JsonReaderException: The input does not contain any JSON tokens. Expected the input to start with a valid JSON token, when isFinalBlock is true. LineNumber: 0 | BytePositionInLine: 0.',
    ],
    ['a list', '[1]', "System.FormatException: Top-level JSON element must be an object. Instead, 'Array' was found."],
    [
      'a key twice',
      '{ "A": { "License": 1, "LICENSE": 2 } }',
      "System.FormatException: A duplicate key 'A:LICENSE' was found.",
    ],
  ])('with %s is refused in .NET’s words', (_what, text, expected) => {
    expect(failure(text)).toBe(expected)
  })

  test('with 65 levels is refused, and 64 are read', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
    expect(read(nested(64))).toHaveProperty('a')
    expect(failure(nested(65))).toContain('The maximum configured depth of 64 has been exceeded.')
    expect(failure('['.repeat(100_000))).toContain('The maximum configured depth of 64')
  })

  test('cut anywhere is refused and never read', () => {
    const whole = '{ "a": [1, -2.5e3, true], "b": { "c": "\\u00e9\\n" } }'
    for (let length = 0; length < whole.length; length += 1) {
      expect(failure(whole.slice(0, length)), whole.slice(0, length)).toContain('JsonReaderException')
    }
  })
})
