/** uniqueidentifier, [MS-TDS] 2.2.5.5.1.5 by way of [MS-DTYP] 2.3.4: the first three groups are little-endian. */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const

export function guidText(bytes: Uint8Array): string {
  let hex = ''
  for (const at of order) hex += (bytes[at] ?? 0).toString(16).padStart(2, '0')
  const text = hex.toUpperCase()
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`
}

export function guidBytes(text: string): Buffer {
  const plain = Buffer.from(text.replaceAll('-', ''), 'hex')
  const bytes = Buffer.alloc(16)
  order.forEach((from, to) => {
    bytes[from] = plain[to] ?? 0
  })
  return bytes
}
