import { type DelayFault, delayPipe } from './delay.ts'
import type { Pipe, PipeTools } from './pipe.ts'
import { type RateFault, ratePipe } from './rate.ts'
import { cutPipe, type RejectFault, type ResetFault } from './reset.ts'
import { type DropFault, type StallFault, stallPipe } from './stall.ts'

/** What can be wrong with the way from one host to a port of another. */
export type LinkFault = DelayFault | StallFault | ResetFault | RateFault | DropFault | RejectFault

/** What a fault does to bytes on their way; undefined where it lets them be. */
export function pipeOf(fault: LinkFault, tools: PipeTools): Pipe | undefined {
  switch (fault.kind) {
    case 'delay':
      return delayPipe(fault, tools)
    case 'rate':
      return ratePipe(fault, tools)
    case 'stall':
    case 'drop':
      return stallPipe()
    case 'reset':
      return fault.afterBytes && tools.direction === 'to-server' ? cutPipe(fault.afterBytes, tools) : undefined
    case 'reject':
      return undefined
  }
}

/** The connection itself is torn as soon as it meets this fault. */
export const tearsAtOnce = (fault: LinkFault): boolean =>
  fault.kind === 'reject' || (fault.kind === 'reset' && !fault.afterBytes)
