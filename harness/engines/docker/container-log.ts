import type { Dockerode, WaitStrategy } from './runtime-client.ts'

export type Container = ReturnType<Dockerode['getContainer']>

const LOG_LINES = 15

/** What a container's program wrote last, on both streams. */
export async function lastLinesOf(container: Container): Promise<string> {
  return withoutFrames(await container.logs({ stdout: true, stderr: true, tail: LOG_LINES })).trim()
}

/**
 * Waits as the given strategy does. Where that fails, `notStarted` makes the error out of how it went and what the
 * program wrote instead, read before the library removes the container.
 */
export function explained(
  inner: WaitStrategy,
  timeoutMs: number,
  notStarted: (reason: string, cause: unknown) => Error,
  /** What to do about a program that needs longer. */
  advice?: string,
): WaitStrategy {
  inner.withStartupTimeout(timeoutMs)
  const strategy: WaitStrategy = {
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => timeoutMs,
    async waitUntilReady(container, ports, startTime) {
      try {
        await inner.waitUntilReady(container, ports, startTime)
      } catch (error) {
        const [{ State: state }, lines] = await Promise.all([container.inspect(), lastLinesOf(container)])
        const how = state.Running
          ? `it was not ready within ${timeoutMs} ms${advice === undefined ? '' : ` (${advice})`}`
          : `it ended with exit code ${state.ExitCode}`
        throw notStarted(lines === '' ? how : `${how}; the last that it wrote:\n${lines}`, error)
      }
    },
  }
  return strategy
}

const FRAME_HEADER = 8

/** The engine sends both streams in frames: a kind, three empty bytes, a length, then so many bytes. */
function withoutFrames(raw: Buffer): string {
  const parts: string[] = []
  for (let at = 0; at + FRAME_HEADER <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4)
    parts.push(raw.toString('utf8', at + FRAME_HEADER, at + FRAME_HEADER + length))
    at += FRAME_HEADER + length
  }
  return parts.join('')
}
