import { join } from 'node:path'
import { HarnessError } from '../../../context/error.ts'
import type { EventStream } from '../../../context/events.ts'
import { startControlServer } from '../../../host/control-server.ts'
import type { ControlledRun } from '../../../host/controlled-run.ts'
import { writeRunFile } from '../../../host/run-file.ts'
import type { HostRuntime } from '../../../host/runtime.ts'
import type { LiveFault } from '../../../landscape/fault.ts'
import { OPERATOR, staysDown } from '../../../landscape/landscape.ts'
import { liveFaultOf } from '../../../landscape/live-fault.ts'
import { FaultBoard } from '../../fault-board.ts'
import type { Firewall } from '../../firewall.ts'
import { WrongAnswers } from '../../wrong-answers.ts'
import { inContainer } from '../compose/prepared.ts'
import type { Setup } from '../link/protocol.ts'

export interface OwnDoorOptions {
  readonly setup: Setup
  readonly runtime: HostRuntime
  readonly firewall: Firewall
  readonly events: EventStream
  readonly readyMs: number
  /** The faults of the firewall have changed. */
  refresh(): Promise<void>
  onDown(): void
}

/**
 * The control channel of a host that nobody drives: whoever has a shell in its container asks it, and injects what acts on
 * the way to it, with the verbs of the command line. A socket's path: no port that the landscape does not have.
 */
export async function openOwnDoor(options: OwnDoorOptions): Promise<AsyncDisposable> {
  const { setup, events, onDown } = options
  const { host: name } = setup
  const run = ownRun(options)
  const startedAt = new Date().toISOString()
  await using owned = new AsyncDisposableStack()
  const path = join(inContainer.state, 'control')
  const scope = { name, startedAt, folder: inContainer.state, run: () => run, onDown }
  const { token } = owned.use(await startControlServer({ ...scope, events, path }))
  const file = { name, startedAt, token, path, address: '', port: 0, pid: process.pid }
  owned.use(writeRunFile({ ...file, landscape: setup.landscape.name, engine: run.engine }))
  return owned.move()
}

function ownRun({ setup, runtime, firewall, events, readyMs, refresh }: OwnDoorOptions): ControlledRun {
  const { landscape, host: own, addresses, seed } = setup
  const elsewhere = (host: string) =>
    new HarnessError('usage', `this is the container of ${own}: ask in that of ${host} (docker compose exec ${host} …)`)
  const board = new FaultBoard(
    firewall,
    {
      effect: { refresh },
      trust: { distrust: (_at, root) => runtime.distrust(root), takeBack: (_at, root) => runtime.takeBack(root) },
      names: new WrongAnswers(landscape, {
        isRunning: (host, kind) => host === own && runtime.isRunning(kind),
        call: (_host, ...request) => runtime.call(...request),
      }),
    },
    events,
  )
  const hostsChangedBy = (fault: LiveFault): readonly string[] => {
    if (fault.fault === 'distrust') return [fault.at]
    return fault.fault === 'dns-answer' ? landscape.nameServers.map(({ host }) => host) : firewall.hostsAt(fault)
  }
  const known = new Set([...landscape.hosts.map(({ name }) => name), OPERATOR])
  return {
    ...{ name: own, landscape, seed, readyMs, events },
    engine: 'compose',
    hosts: new Map([[own, runtime]]),
    notes: [],
    get injected() {
      return board.injected
    },
    host(name) {
      // Whoever has a shell here stands where the host stands.
      if (name === own || name === OPERATOR) return runtime
      throw elsewhere(name)
    },
    endpoints: (from = own) =>
      landscape.hosts.flatMap(({ name: to, components }) =>
        components
          .filter((component) => !staysDown(landscape, component))
          .flatMap(({ kind, listens }) =>
            listens
              .filter(({ port, protocol }) => firewall.callersOf({ to, port, protocol }).includes(from))
              .map(({ id: listen, port, protocol }) => {
                const address = addresses[to] ?? ''
                return { from, to, kind, listen, port, protocol, address, seenPort: port }
              }),
          ),
      ),
    async inject(text) {
      const fault = liveFaultOf(text, known, { sites: landscape.sites, live: false })
      const at = hostsChangedBy(fault)
      if (!at.includes(own)) throw elsewhere(at[0] ?? own)
      return board.inject(fault)
    },
    async clear(id) {
      for (const one of id === undefined ? board.injected.map((fault) => fault.id) : [id]) await board.clear(one)
    },
  }
}
