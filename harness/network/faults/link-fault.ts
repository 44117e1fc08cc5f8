import { type CutFault, cutPipe } from './cut.ts'
import { type DelayFault, delayPipe } from './delay.ts'
import type { Pipe, PipeTools } from './pipe.ts'
import { type RateFault, ratePipe } from './rate.ts'
import { type RejectFault, type ResetFault, refusalOf, resetPipe } from './reset.ts'
import { type DropFault, type StallFault, stallPipe } from './stall.ts'

/** What can be wrong with the way from one host to a port of another. */
export type LinkFault = DelayFault | StallFault | ResetFault | RateFault | DropFault | RejectFault | CutFault

/** What a fault does to bytes on their way; undefined where it lets them be. */
export function pipeOf(fault: LinkFault, tools: PipeTools): Pipe | undefined {
  switch (fault.kind) {
    case 'delay':
      return delayPipe(fault, tools)
    case 'rate':
      return ratePipe(fault, tools)
    case 'stall':
      return stallPipe()
    case 'drop':
      return fault.answersOnly && tools.direction === 'to-server' ? undefined : stallPipe()
    case 'reset':
      return fault.afterBytes && tools.direction === 'to-server' ? resetPipe(fault.afterBytes, tools) : undefined
    case 'reject':
      // An ICMP message does not end a connection that stands: its packets are lost.
      return refusalOf(fault) === 'rst' ? undefined : stallPipe()
    case 'cut':
      return fault.afterBytes && tools.direction === 'to-client'
        ? cutPipe(fault.end, fault.afterBytes, tools)
        : undefined
  }
}

/** The connection itself is torn as soon as it meets this fault. */
export const tearsAtOnce = (fault: LinkFault): boolean =>
  (fault.kind === 'reject' && refusalOf(fault) === 'rst') || (fault.kind === 'reset' && !fault.afterBytes)
