import { z } from 'zod'

const between = {
  from: z.string().optional().describe('host that the traffic comes from; left out: every host'),
  to: z.string().describe('host that the traffic goes to'),
  port: z.int().min(1).max(65535).optional().describe('port at the target; left out: every port'),
  protocol: z.enum(['tcp', 'udp']).optional().describe('tcp or udp; left out: both'),
}

/** The roots that a host's trust store has when nothing is said. */
export const rootNames = ['landscape', 'public'] as const

export type RootName = (typeof rootNames)[number]

/** How a firewall says no to TCP. Datagrams are answered with the ICMP message, with `rst` that the port is unreachable. */
export const rejections = [
  'rst',
  'icmp-port-unreachable',
  'icmp-host-unreachable',
  'icmp-net-unreachable',
  'icmp-admin-prohibited',
] as const

export type Rejection = (typeof rejections)[number]

/** How a connection ends that something in the network cuts. */
export const cutEnds = ['rst', 'fin', 'silence'] as const

export type CutEnd = (typeof cutEnds)[number]

/** What name servers can be made to answer. Silent: nothing at all; truncated: what is cut off over UDP. */
export const wrongAnswers = ['servfail', 'refused', 'nxdomain', 'silent', 'truncated', 'address', 'alias'] as const

/** The primitives that change a landscape. Each is data; engines give them their effect. */
export const faultSchema = z.discriminatedUnion('fault', [
  z
    .strictObject({
      fault: z.literal('drop'),
      ...between,
      lost: z.enum(['all', 'answers']).optional().describe('answers: what is asked arrives; left out: all'),
    })
    .describe('packets vanish: clients wait until a timer ends it'),
  z
    .strictObject({
      fault: z.literal('reject'),
      ...between,
      with: z.enum(rejections).optional().describe('what a refused TCP client is sent; left out: rst'),
    })
    .describe(`connections are refused at once, with ${rejections.join(', ')}`),
  z
    .strictObject({ fault: z.literal('reset'), ...between, afterBytes: z.int().min(0).optional() })
    .describe('connections are accepted, then reset (RST), at once or after so many bytes from the client'),
  z
    .strictObject({ fault: z.literal('delay'), ...between, delayMs: z.int().min(0).max(600_000) })
    .describe('every chunk arrives later by so many milliseconds, each way'),
  z
    .strictObject({
      fault: z.literal('cut'),
      ...between,
      with: z.enum(cutEnds).optional().describe('left out: rst'),
      afterBytes: z.int().min(1).optional().describe('each connection, when so many bytes have been answered'),
    })
    .describe('connections that are open end, and new ones are well; or each ends after so many bytes of answers'),
  z
    .strictObject({ fault: z.literal('cut-site'), site: z.string() })
    .describe('nothing passes a site’s border, either way; healed, open connections go on'),
  z
    .strictObject({
      fault: z.literal('rate'),
      ...between,
      bytesPerSecond: z.int().min(1).max(1_000_000_000).describe('each way, of each connection'),
    })
    .describe('a narrow line: so many bytes a second'),
  z.strictObject({ fault: z.literal('stall'), ...between }).describe('connections open, then not a byte passes'),
  z
    .strictObject({ fault: z.literal('open'), ...between, port: z.int().min(1).max(65535) })
    .describe('the firewall lets this through'),
  z
    .strictObject({
      fault: z.literal('dns-answer'),
      answer: z.enum(wrongAnswers),
      name: z.string().optional().describe('the name that is asked for; left out: every name'),
      from: z.string().optional().describe('host that asks; left out: every host'),
      data: z.string().optional().describe('address: a host, or an IPv4 address; alias: the name it leads to'),
    })
    .describe(`the landscape’s name servers answer ${wrongAnswers.join(', ')}`),
  z
    .strictObject({ fault: z.literal('setting'), at: z.string(), value: z.json() })
    .describe('a setting has another value: at is HOST.KIND.KEY[.KEY…]'),
  z
    .strictObject({
      fault: z.literal('distrust'),
      at: z.string().describe('host whose trust store it is'),
      root: z.enum(rootNames).default('landscape').describe('the organisation’s own root, or the public one'),
    })
    .describe('a root is not in a host’s trust store: at is HOST'),
  z.strictObject({ fault: z.literal('stop'), at: z.string() }).describe('a component does not run: at is HOST.KIND'),
])

/** A primitive that changes a landscape, with its place. */
export type Fault = z.output<typeof faultSchema>

export type FaultName = Fault['fault']

/** The faults that act on traffic to one host. */
export type PathFault = Extract<Fault, { to: string }>

/** The faults that act on traffic between hosts. */
export type TrafficFault = PathFault | Extract<Fault, { fault: 'cut-site' }>

export const isTrafficFault = (fault: Fault): fault is TrafficFault => 'to' in fault || fault.fault === 'cut-site'

/** The fault that acts on a host's trust store. */
export type TrustFault = Extract<Fault, { fault: 'distrust' }>

/** The fault of the name servers. */
export type NameFault = Extract<Fault, { fault: 'dns-answer' }>

/** The faults that can come and go while a landscape is up. */
export type LiveFault = TrafficFault | TrustFault | NameFault

export const isLiveFault = (fault: Fault): fault is LiveFault => isLiveFaultName(fault.fault)

/** What the faults of `names` have: they come and go while a landscape is up. */
export const isLiveFaultName = (name: FaultName): boolean => name !== 'setting' && name !== 'stop'
