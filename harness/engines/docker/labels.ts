/** Stands on everything that a run makes in the engine; its value is the run's own name there. */
export const RUN_LABEL = 'landscape-lab.run'

/** The process that answers for the run, on the machine named by the next one. */
export const PROCESS_LABEL = 'landscape-lab.process'
export const MACHINE_LABEL = 'landscape-lab.machine'
