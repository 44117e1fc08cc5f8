import type { CaseResult } from '../context/events.ts'
import type { Case } from './cases.ts'
import { LateRestores } from './late-restores.ts'
import { runCase } from './run-case.ts'
import type { Stage } from './stage.ts'

/** Plays cases one after the other, on a landscape of its own. */
export interface Player {
  /** A failure is a result; an abort is thrown. What the case changed is as the landscape says when the next one looks. */
  play(played: Case, signal: AbortSignal): Promise<CaseResult>
}

export interface StagePlayer extends Player {
  /** The landscape is as it says for others too. Throws where that cannot be. */
  end(): Promise<void>
}

export function playerOn(stage: Stage): StagePlayer {
  const late = new LateRestores(stage)
  return {
    play: (played, signal) => runCase(stage, played, signal, { late }),
    end: async () => {
      if (!late.none) await late.restore()
    },
  }
}
