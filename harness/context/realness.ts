/** Whether a component is the vendor's own program, as reports say it. */
export interface Realness {
  readonly real: boolean
  /** Product and version of a real one: `nginx 1.22.1`. */
  readonly version?: string
  /** What whoever relies on the result must know: that the version is below the documented minimum, or why it is simulated. */
  readonly warning?: string
}

export const SIMULATED: Realness = { real: false }
