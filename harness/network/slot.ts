import { codeOf, HarnessError } from '../context/error.ts'
import { bindError } from './bind-error.ts'
import { BoundPort } from './bound-port.ts'
import { findHolder, holderText } from './port-holder.ts'

const FIRST = 64
const LAST = 250
const LOCK = { host: '255.254', port: 47777 }
/** Addresses 127.r.0.1 … 127.r.254.254; 127.r.255.x is for the lock. */
const LAST_NETWORK = 254
const LAST_NODE = 254
const ADDRESSES = (LAST_NETWORK + 1) * LAST_NODE
/** Growing starts while this many are still free, because it waits for the system and `next` does not. */
const GROW_BELOW = 8192

/** The part of the loopback net that is this landscape's own until disposed. */
export interface Slot extends AsyncDisposable {
  /** "127.73": what all addresses of the first claimed /16 start with. */
  readonly first: string
  /** The next free address. Fails with `start-failed` when the net is used up. */
  next(): string
  /** Makes sure that so many addresses can be had from `next` without a pause. */
  reserve(count: number): Promise<void>
}

export interface SlotOptions {
  readonly signal?: AbortSignal
  /** Where to look first, 64 to 250. */
  readonly preferred?: number
}

/** Claims 127.r.0.0/16 by holding a port in it, so that runs side by side never share one. */
export async function claimSlot({ signal, preferred = FIRST }: SlotOptions = {}): Promise<Slot> {
  const claims: Claim[] = [await claimFrom(preferred, signal)]
  let current = 0
  let growing: Promise<void> | undefined
  let failure: unknown

  const grow = () => {
    growing ??= claimFrom(claims.length === 0 ? preferred : lastOf(claims).number + 1, signal)
      .then((claim) => void claims.push(claim))
      .catch((error: unknown) => {
        failure = error
      })
      .finally(() => {
        growing = undefined
      })
    return growing
  }
  const free = () => claims.slice(current).reduce((sum, claim) => sum + ADDRESSES - claim.used, 0)

  return {
    first: `127.${firstOf(claims).number}`,
    next() {
      if (firstOf(claims.slice(current)).used === ADDRESSES) {
        if (current + 1 === claims.length) throw usedUp(failure)
        current += 1
      }
      const claim = firstOf(claims.slice(current))
      const used = claim.used++
      if (used > ADDRESSES - GROW_BELOW && current + 1 === claims.length && failure === undefined) void grow()
      return `127.${claim.number}.${Math.floor(used / LAST_NODE)}.${(used % LAST_NODE) + 1}`
    },
    async reserve(count) {
      while (free() < count) {
        await grow()
        if (failure !== undefined) throw usedUp(failure)
      }
    },
    async [Symbol.asyncDispose]() {
      await growing
      for (const claim of claims) claim.lock.close()
      await Promise.all(claims.map((claim) => claim.lock.closed))
    },
  }
}

interface Claim {
  readonly number: number
  readonly lock: BoundPort
  used: number
}

async function claimFrom(preferred: number, signal: AbortSignal | undefined): Promise<Claim> {
  const count = LAST - FIRST + 1
  const start = Math.min(Math.max(preferred, FIRST), LAST + 1) - FIRST
  for (let i = 0; i < count; i++) {
    signal?.throwIfAborted()
    const number = FIRST + ((start + i) % count)
    const lock = await tryLock(number)
    if (lock) return { number, lock, used: 0 }
  }
  const holder = await findHolder({ address: '0.0.0.0', port: LOCK.port })
  const reason = holder ? `${holderText(holder)} stands in the way: stop it` : 'as many landscapes are up: stop one'
  throw new HarnessError(
    'start-failed',
    `no part of the loopback net is free (127.${FIRST} to 127.${LAST}); ${reason}.`,
  )
}

async function tryLock(number: number): Promise<BoundPort | undefined> {
  const endpoint = { address: `127.${number}.${LOCK.host}`, port: LOCK.port }
  try {
    return await BoundPort.bind(endpoint, { backlog: 1 }, (socket) => socket.destroy())
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return undefined
    throw await bindError(error, endpoint)
  }
}

const usedUp = (cause: unknown) =>
  new HarnessError('start-failed', 'the loopback addresses of this landscape are used up; make it smaller.', { cause })

const firstOf = (claims: readonly Claim[]): Claim => {
  const [claim] = claims
  if (claim === undefined) throw new HarnessError('internal', 'a slot has no claim')
  return claim
}
const lastOf = (claims: readonly Claim[]): Claim => firstOf(claims.slice(-1))
