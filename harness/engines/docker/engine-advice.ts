/** What the engine says when the machine is at fault → what to do. */
const ADVICE = [
  [
    /no space left on device|disk quota exceeded/i,
    "the engine's disk is full: docker system df shows of what; landscape images remove and docker image prune free some",
  ],
  [
    /port is already allocated|address already in use/i,
    'another program listens on a port that it publishes on 127.0.0.1: end that, then start again',
  ],
] as const

/** The engine's own words, with what to do where that is known. */
export function withAdvice(said: string): string {
  const found = ADVICE.find(([pattern]) => pattern.test(said))
  return found === undefined ? said : `${said} (${found[1]})`
}
