import type { Pipe, PipeTools } from './pipe.ts'

/** Connections are torn with RST: at once, or after so many bytes from the client have reached the server. */
export interface ResetFault {
  readonly kind: 'reset'
  readonly afterBytes?: number
}

/** New connections are refused; open ones torn, but where an ICMP message says so: it does not reach them. */
export interface RejectFault {
  readonly kind: 'reject'
  /** Left out: rst. */
  readonly with?: Refusal
}

/** What a refused client is sent. */
export type Refusal =
  | 'rst'
  | 'icmp-port-unreachable'
  | 'icmp-host-unreachable'
  | 'icmp-net-unreachable'
  | 'icmp-admin-prohibited'

export const refusalOf = (fault: RejectFault): Refusal => fault.with ?? 'rst'

/** Lets `afterBytes` bytes through to the server, then tears the connection. */
export function resetPipe(afterBytes: number, tools: PipeTools): Pipe {
  let left = afterBytes
  return {
    push(item) {
      if (item.kind !== 'data' || left > item.chunk.length) {
        if (item.kind === 'data') left -= item.chunk.length
        tools.next(item)
        return
      }
      if (left < 0) return
      if (left > 0) tools.next({ ...item, chunk: item.chunk.subarray(0, left) })
      left = -1
      tools.next({ kind: 'reset', atMs: item.atMs, delivered: true })
    },
    full: false,
    release: () => [],
  }
}
