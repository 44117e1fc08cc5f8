/** What .NET says of a JSON file that it cannot read. */
export class DotnetJsonError extends Error {
  override readonly name = 'DotnetJsonError'
  /** The exception's full name. */
  readonly type: string

  constructor(type: string, text: string) {
    super(text)
    this.type = type
  }
}
