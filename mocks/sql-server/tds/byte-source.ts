/** A message that is read while it arrives. */
export interface ByteSource {
  /** What has come since the last time, waiting for at least one byte; undefined at the end. */
  read(): Promise<Buffer | undefined>
  /** The client has given the message up: nothing of it counts. */
  readonly ignored: boolean
}
