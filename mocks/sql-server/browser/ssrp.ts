/** The SQL Server Resolution Protocol: [MC-SQLR] 2.2. Bytes in, values out. */

export type SsrpRequest =
  | { readonly type: 'broadcast' | 'all' }
  | { readonly type: 'instance' | 'dac'; readonly instance: string }

/** One instance as the Browser tells of it. */
export interface AdvertisedInstance {
  readonly serverName: string
  readonly instanceName: string
  readonly version: string
  /** Absent where TCP/IP is off. */
  readonly tcpPort?: number
}

const messages = { broadcast: 0x02, all: 0x03, instance: 0x04, response: 0x05, dac: 0x0f } as const
const dacVersion = 0x01
const maxNameBytes = 32
const maxInstanceBytes = 1024
const maxListBytes = 65_535 - 28 - 3 // one datagram over IPv4, less its headers and the response's own

/** Undefined for what is no request: the service does not answer it. */
export function decodeSsrpRequest(bytes: Buffer): SsrpRequest | undefined {
  switch (bytes[0]) {
    case messages.broadcast:
      return { type: 'broadcast' }
    case messages.all:
      return { type: 'all' }
    case messages.instance:
      return named('instance', bytes.subarray(1))
    case messages.dac:
      return bytes[1] === dacVersion ? named('dac', bytes.subarray(2)) : undefined
    default:
      return undefined
  }
}

/** A zero byte ends the name; some clients leave it out. */
function named(type: 'instance' | 'dac', bytes: Buffer): SsrpRequest | undefined {
  const end = bytes.indexOf(0)
  const name = end === -1 ? bytes : bytes.subarray(0, end)
  return name.length === 0 || name.length > maxNameBytes ? undefined : { type, instance: name.toString('latin1') }
}

/** The answer about one instance (2.2.5, at most 1,024 bytes of data), or about all of them. */
export function encodeSsrpResponse(instances: readonly AdvertisedInstance[]): Buffer {
  const limit = instances.length === 1 ? maxInstanceBytes : maxListBytes
  let text = ''
  for (const instance of instances) {
    const next = textOf(instance)
    if (text.length + next.length > limit) break
    text += next
  }
  const data = Buffer.from(text, 'latin1')
  const head = Buffer.alloc(3)
  head[0] = messages.response
  head.writeUInt16LE(data.length, 1)
  return Buffer.concat([head, data])
}

function textOf({ serverName, instanceName, version, tcpPort }: AdvertisedInstance): string {
  const tcp = tcpPort === undefined ? '' : `tcp;${tcpPort};`
  return `ServerName;${serverName};InstanceName;${instanceName};IsClustered;No;Version;${version};${tcp};`
}
