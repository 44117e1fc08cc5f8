export interface Mail {
  readonly from: string
  readonly to: string | readonly string[]
  readonly cc?: readonly string[]
  /** Stands in the envelope alone. */
  readonly bcc?: readonly string[]
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The moment of writing; now unless told. */
  readonly date?: Date
}

/** A mail as it goes over the wire (RFC 5322), and for whom it is. */
export interface ComposedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly message: Buffer
  readonly messageId: string
}

/** A mail as nodemailer takes it. */
export const composed = ({ to, cc, bcc, ...rest }: Mail) => ({
  ...rest,
  to: typeof to === 'string' ? to : [...to],
  ...(cc && { cc: [...cc] }),
  ...(bcc && { bcc: [...bcc] }),
})
