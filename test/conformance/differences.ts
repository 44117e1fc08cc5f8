/** A difference between the engines that is known and has its reason. */
export interface Difference {
  readonly fault: string
  readonly client: string
  readonly why: string
}

/** Kept small: everything else that differs is a bug. A row whose engines agree is red. */
export const differences: readonly Difference[] = []
