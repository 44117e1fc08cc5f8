/** Something that a server must not do, whatever it is sent. */
export interface Finding {
  readonly what: string
  /** Where in the run, so that it can be found again with the same seed. */
  readonly where: string
}
