/** Where the time comes from. `now` is the calendar, `elapsedMs` a monotonic count for durations. */
export interface Clock {
  now(): Date
  elapsedMs(): number
}

export const systemClock: Clock = { now: () => new Date(), elapsedMs: () => performance.now() }

/** A clock that is wrong by a fixed number of milliseconds, as a host's may be. */
export const skewedClock = (clock: Clock, skewMs: number): Clock => ({
  now: () => new Date(clock.now().getTime() + skewMs),
  elapsedMs: () => clock.elapsedMs(),
})
