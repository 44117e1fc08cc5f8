import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemClock } from '../../../context/clock.ts'
import { staysDown } from '../../../landscape/landscape.ts'
import { openKeyPool, openWrittenPki } from '../../../pki/index.ts'
import { forwards, type OrderedComponent, orderedComponents } from '../../dependency-order.ts'
import { Firewall } from '../../firewall.ts'
import { provisionsAt } from '../../provisions.ts'
import { WrongAnswers } from '../../wrong-answers.ts'
import { inContainer, readPrepared } from '../compose/prepared.ts'
import type { Setup } from '../link/protocol.ts'
import { composedBeside } from './composed-beside.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { journalLine } from './journal-line.ts'
import { openOwnDoor } from './own-door.ts'
import { type HostParts, standingHost } from './standing-host.ts'

export interface StandAloneOptions {
  readonly host: string
  readonly parts: HostParts
  /** Ends the host, or its start. */
  readonly signal: AbortSignal
  write(line: string): void
  /** Somebody in the container wants it to end. */
  onDown(): void
}

/** Runs one host of a landscape that nobody drives, out of what was prepared for it, until it is told to end. */
export async function standAlone({ host, parts, signal: told, write, onDown }: StandAloneOptions): Promise<void> {
  const started = performance.now()
  // One component that fails ends what the others wait for.
  const failing = new AbortController()
  const signal = AbortSignal.any([told, failing.signal])
  const { landscape: prepared, authorities } = readPrepared()
  const { landscape } = prepared
  const setup: Setup = {
    ...{ ...prepared, host },
    ...{ rootPem: authorities.landscape.root, live: true, keylog: false },
    faults: Array.from(new Firewall(landscape).faults, ([id, fault]) => ({ id, fault })),
  }
  await using owned = new AsyncDisposableStack()
  const keys = owned.use(openKeyPool({ folder: join(inContainer.state, 'keys') }))
  const now = systemClock.now
  const pki = owned.use(openWrittenPki({ organisation: landscape.organisation, authorities, now, keys }))
  const exchange = openExchange(inContainer.exchange)
  const standing = owned.use(
    await standingHost({
      ...{ setup, parts, pki, keys, signal },
      exported: exchange.certificates,
      startBeside: composedBeside({ ...prepared, host, rootPem: setup.rootPem, exchange, write }),
      keylog: undefined,
      onJournal: (entry) => write(journalLine(entry)),
    }),
  )
  const { runtime } = standing
  const wrongAnswers = new WrongAnswers(landscape, {
    isRunning: (_host, kind) => runtime.isRunning(kind),
    call: (_host, ...request) => runtime.call(...request),
  })
  const ordered = orderedComponents(landscape, parts.kinds)
  const own = ordered.filter(({ spec }) => spec.host === host)
  for (const { key } of own) exchange.hide(key)
  owned.defer(() => {
    for (const { key } of own) exchange.hide(key)
  })
  await forwards(own, (component) =>
    bringUp(component).catch((error: unknown) => {
      failing.abort(error)
      throw error
    }),
  )
  signal.throwIfAborted()
  const readyMs = performance.now() - started
  owned.use(await openOwnDoor({ ...standing, setup, readyMs, onDown }))
  owned.defer(() => rmSync(inContainer.ready, { force: true }))
  mkdirSync(dirname(inContainer.ready), { recursive: true, mode: 0o700 })
  writeFileSync(inContainer.ready, '')
  write(`${host} is ready`)
  await ended(signal)

  async function bringUp({ key, spec, after }: OrderedComponent): Promise<void> {
    await allStand(exchange, after, own, signal)
    if (!staysDown(landscape, spec)) {
      await runtime.start(spec.kind)
      const { version = 'simulated', warning } = runtime.realnessOf(spec.kind)
      // What the administrator does here for those who come later.
      for (const { action, input } of provisionsAt(spec, landscape, parts.kinds)) {
        await runtime.call(spec.kind, action, input, signal)
      }
      await wrongAnswers.started(spec)
      write(`${spec.kind} stands, ${version}${warning === undefined ? '' : `; note: ${warning}`}`)
    }
    exchange.show(key)
  }
}

async function allStand(
  exchange: Exchange,
  keys: readonly string[],
  own: readonly OrderedComponent[],
  signal: AbortSignal,
): Promise<void> {
  const others = new Set(keys.filter((key) => own.every((component) => component.key !== key)))
  await Promise.all(Array.from(others, (key) => exchange.stands(key, signal)))
}

function ended(signal: AbortSignal): Promise<void> {
  // A host with no open port has nothing that keeps its process.
  const alive = setInterval(() => {}, 2 ** 30)
  return new Promise((resolve) => {
    const end = () => {
      clearInterval(alive)
      resolve()
    }
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
  })
}
