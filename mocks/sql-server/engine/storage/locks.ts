import { errors } from '../errors.ts'
import { Cancelled } from '../sql-error.ts'

export type LockMode = 'S' | 'X'

/** Who holds and waits: a session. */
export interface LockOwner {
  readonly spid: number
  readonly deadlockPriority: number
}

interface Waiter {
  readonly owner: LockOwner
  readonly mode: LockMode
  readonly resource: string
  readonly grant: () => void
  readonly fail: (error: Error) => void
}

interface Resource {
  readonly holders: Map<LockOwner, LockMode>
  readonly queue: Waiter[]
}

export interface LockWait {
  /** How long to wait: -1 without end, 0 not at all. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Locks of the whole server, shared and exclusive, first come first served. A wait that closes a circle is found at once:
 * one session of the circle, the one of least priority or else the newcomer, gets error 1205.
 */
export class LockManager {
  readonly #resources = new Map<string, Resource>()
  readonly #waiting = new Map<LockOwner, Waiter>()

  /** Takes a lock; undefined when that needed no waiting. Rejects with 1222, 1205 or Cancelled. */
  acquire(owner: LockOwner, name: string, mode: LockMode, wait: LockWait): Promise<void> | undefined {
    let resource = this.#resources.get(name)
    if (!resource) {
      resource = { holders: new Map(), queue: [] }
      this.#resources.set(name, resource)
    }
    const held = resource.holders.get(owner)
    if (held === 'X' || held === mode) return undefined
    if (this.#grantable(resource, owner, mode) && (resource.queue.length === 0 || held !== undefined)) {
      resource.holders.set(owner, mode)
      return undefined
    }
    if (wait.timeoutMs === 0) throw errors.lockTimeout()
    return this.#wait(resource, owner, name, mode, wait)
  }

  holds(owner: LockOwner, name: string): boolean {
    return this.#resources.get(name)?.holders.has(owner) ?? false
  }

  /** Who but `besides` holds it exclusively. */
  exclusiveHolder(name: string, besides: LockOwner): LockOwner | undefined {
    for (const [owner, mode] of this.#resources.get(name)?.holders ?? [])
      if (mode === 'X' && owner !== besides) return owner
    return undefined
  }

  isLocked(name: string): boolean {
    return (this.#resources.get(name)?.holders.size ?? 0) > 0
  }

  release(owner: LockOwner, name: string): void {
    const resource = this.#resources.get(name)
    if (!resource?.holders.delete(owner)) return
    this.#advance(name, resource)
  }

  releaseAll(owner: LockOwner): void {
    for (const [name, resource] of this.#resources) {
      if (resource.holders.delete(owner)) this.#advance(name, resource)
    }
  }

  /** For sys.dm_tran_locks and the control plane. */
  snapshot(): readonly {
    readonly resource: string
    readonly spid: number
    readonly mode: LockMode
    readonly granted: boolean
  }[] {
    return [...this.#resources].flatMap(([resource, { holders, queue }]) => [
      ...[...holders].map(([owner, mode]) => ({ resource, spid: owner.spid, mode, granted: true })),
      ...queue.map(({ owner, mode }) => ({ resource, spid: owner.spid, mode, granted: false })),
    ])
  }

  /** Whom a session waits for, 0 for nobody. */
  blockerOf(owner: LockOwner): number {
    const waiter = this.#waiting.get(owner)
    return waiter ? (this.#blockers(waiter)[0]?.spid ?? 0) : 0
  }

  #grantable(resource: Resource, owner: LockOwner, mode: LockMode): boolean {
    for (const [other, held] of resource.holders) if (other !== owner && (mode === 'X' || held === 'X')) return false
    return true
  }

  #wait(resource: Resource, owner: LockOwner, name: string, mode: LockMode, wait: LockWait): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer)
        wait.signal.removeEventListener('abort', cancel)
        this.#waiting.delete(owner)
        const at = resource.queue.indexOf(waiter)
        if (at !== -1) resource.queue.splice(at, 1)
        this.#advance(name, resource)
      }
      const waiter: Waiter = {
        owner,
        mode,
        resource: name,
        grant: () => {
          resource.holders.set(owner, mode)
          finish()
          resolve()
        },
        fail: (error) => {
          finish()
          reject(error)
        },
      }
      const cancel = () => waiter.fail(new Cancelled())
      const timer = wait.timeoutMs < 0 ? undefined : setTimeout(() => waiter.fail(errors.lockTimeout()), wait.timeoutMs)
      if (wait.signal.aborted) {
        reject(new Cancelled())
        clearTimeout(timer)
        return
      }
      wait.signal.addEventListener('abort', cancel)
      resource.queue.push(waiter)
      this.#waiting.set(owner, waiter)
      this.#breakCircle(waiter)
    })
  }

  #blockers(waiter: Waiter): LockOwner[] {
    const resource = this.#resources.get(waiter.resource)
    if (!resource) return []
    const blockers: LockOwner[] = []
    for (const [owner, held] of resource.holders)
      if (owner !== waiter.owner && (waiter.mode === 'X' || held === 'X')) blockers.push(owner)
    for (const ahead of resource.queue) {
      if (ahead === waiter) break
      if (ahead.owner !== waiter.owner && (waiter.mode === 'X' || ahead.mode === 'X')) blockers.push(ahead.owner)
    }
    return blockers
  }

  #breakCircle(start: Waiter): void {
    const path: Waiter[] = []
    const seen = new Set<LockOwner>()
    const search = (waiter: Waiter): boolean => {
      path.push(waiter)
      for (const blocker of this.#blockers(waiter)) {
        if (blocker === start.owner) return true
        const next = this.#waiting.get(blocker)
        if (next && !seen.has(blocker)) {
          seen.add(blocker)
          if (search(next)) return true
        }
      }
      path.pop()
      return false
    }
    if (!search(start)) return
    const victim = path.reduce(
      (least, waiter) => (waiter.owner.deadlockPriority < least.owner.deadlockPriority ? waiter : least),
      start,
    )
    victim.fail(errors.deadlock(victim.owner.spid))
  }

  /** Grants what can be granted, from the head of the queue on. */
  #advance(name: string, resource: Resource): void {
    for (let head = resource.queue[0]; head; head = resource.queue[0]) {
      if (!this.#grantable(resource, head.owner, head.mode)) return
      resource.queue.shift()
      head.grant()
    }
    if (resource.holders.size === 0 && resource.queue.length === 0 && this.#resources.get(name) === resource)
      this.#resources.delete(name)
  }
}
