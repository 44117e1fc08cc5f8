import type { CaseResult } from '../context/events.ts'
import type { Case } from './cases.ts'
import { runCase } from './run-case.ts'
import type { Stage } from './stage.ts'

/** Plays cases one after the other, on a landscape of its own. A failure is a result; an abort is thrown. */
export interface Player {
  play(played: Case, signal: AbortSignal): Promise<CaseResult>
}

export const playerOn = (stage: Stage): Player => ({ play: (played, signal) => runCase(stage, played, signal) })
