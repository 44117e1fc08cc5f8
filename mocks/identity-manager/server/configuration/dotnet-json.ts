import type { JsonObject } from '../../../../harness/context/json.ts'

/** What .NET says of a JSON file that it cannot read. */
export class DotnetJsonError extends Error {
  override readonly name = 'DotnetJsonError'
  readonly type: string

  constructor(type: string, text: string) {
    super(text)
    this.type = type
  }
}

export function parseDotnetJson(bytes: Buffer): JsonObject {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new DotnetJsonError('System.Text.Json.JsonReaderException', String(error))
  }
}
