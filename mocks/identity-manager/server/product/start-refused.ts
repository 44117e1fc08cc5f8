/** Why the application does not start, as its users read it. No value of a setting is in the text. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
  readonly code: string

  constructor(code: string, text: string, options?: ErrorOptions) {
    super(text, options)
    this.code = code
  }
}
