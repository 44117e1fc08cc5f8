/** A peer sent a line longer than the limit. */
export class LineTooLong extends Error {}

/**
 * Cuts a stream into lines. Bytes are kept until their line is whole, so that a character may arrive in two parts; a
 * line longer than `maxBytes` throws before more memory is taken.
 */
export function lineCutter(maxBytes: () => number, onLine: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = []
  let length = 0
  const keep = (part: Buffer) => {
    length += part.length
    if (length > maxBytes()) throw new LineTooLong(`a line is longer than ${maxBytes()} bytes`)
    parts.push(part)
  }
  return (chunk) => {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      keep(chunk.subarray(start, end))
      const line = Buffer.concat(parts, length).toString('utf8')
      parts = []
      length = 0
      start = end + 1
      onLine(line)
    }
    if (start < chunk.length) keep(chunk.subarray(start))
  }
}
