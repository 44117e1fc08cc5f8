import { mkdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { HarnessError } from '../../../context/error.ts'
import { eventStream } from '../../../context/events.ts'
import { seededRandom } from '../../../context/random.ts'
import type { AnyComponentKind } from '../../../host/component.ts'
import type { ExportedCertificates } from '../../../host/host-place.ts'
import { HostRuntime } from '../../../host/runtime.ts'
import type { AnyProbe } from '../../../probes/probe.ts'
import { Firewall } from '../../firewall.ts'
import { openPeer, type Peer } from '../link/peer.ts'
import {
  asking,
  CONTROL_PORT,
  type FaultList,
  type HarnessVerbs,
  type HostVerbs,
  handlersOf,
  LISTENING_LINE,
  type Notes,
  type Setup,
  TOKEN_DIGEST_VARIABLE,
  tell,
} from '../link/protocol.ts'
import { callersOf, containerPlace } from './container-place.ts'
import { harnessAtDoor } from './host-door.ts'
import { applyRuleset } from './packet-filter.ts'
import { PortDesk } from './port-desk.ts'
import { type RemotePki, remoteKeys, remotePki } from './remote-authorities.ts'
import { remoteBeside } from './remote-beside.ts'
import { rulesetOf } from './ruleset.ts'

export interface HostParts {
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly probes: ReadonlyMap<string, AnyProbe>
}

const HOST_FILES = '/srv/host'

/** Runs one host for the harness that calls, until it is gone. */
export async function serveHost(parts: HostParts): Promise<void> {
  const tokenDigest = process.env[TOKEN_DIGEST_VARIABLE] ?? ''
  const onListening = () => void process.stdout.write(`${LISTENING_LINE}\n`)
  const socket = await harnessAtDoor({ port: CONTROL_PORT, tokenDigest, onListening })
  await serve(socket, parts)
}

/** A host that is set up, with what its harness changes. */
interface Standing {
  readonly runtime: HostRuntime
  setFaults(list: FaultList): Promise<void>
}

async function serve(socket: Socket, parts: HostParts): Promise<void> {
  let standing: Promise<Standing> | undefined
  const certificates = new Map<string, string>()
  const keyOf = (host: string, name: string) => `${host}/${name}`
  const host = async (): Promise<HostRuntime> => {
    if (!standing) throw new HarnessError('internal', 'the host is not set up yet')
    return (await standing).runtime
  }
  const peer: Peer = openPeer(socket, {
    other: 'the harness',
    onNote(note, input) {
      // What a note carries is declared by its row in Notes; the other side is our own harness.
      if (note === 'publicRoot') pki.takePublicRoot((input as Notes['publicRoot']).pem)
      if (note !== 'exported') return
      const { host: of, name, pem } = input as Notes['exported']
      certificates.set(keyOf(of, name), pem)
    },
    handlers: handlersOf<HostVerbs>({
      async setup(setup) {
        const exported: ExportedCertificates = {
          put(of, name, pem) {
            certificates.set(keyOf(of, name), pem)
            tell(peer, 'exported', { host: of, name, pem })
          },
          get: (of, name) => certificates.get(keyOf(of, name)),
        }
        standing = stand(setup, { peer, parts, pki, exported })
        await standing
        return null
      },
      start: async ({ kind, settings }, signal) => {
        const runtime = await host()
        await runtime.start(kind, settings, signal)
        return runtime.realnessOf(kind)
      },
      stop: async ({ kind }) => {
        await (await host()).stop(kind)
        return null
      },
      probe: async ({ name, input }, signal) => (await host()).probe(name, input, signal),
      call: async ({ kind, action, input }, signal) => (await host()).call(kind, action, input, signal),
      names: async () => Object.fromEntries(await (await host()).names()),
      trusted: async () => (await host()).trusted(),
      faults: async (list) => {
        await (await standing)?.setFaults(list)
        return null
      },
      distrust: async ({ root }) => {
        ;(await host()).distrust(root)
        return null
      },
      takeBack: async ({ root }) => {
        ;(await host()).takeBack(root)
        return null
      },
      settle: async () => {
        await (await host()).settle()
        return null
      },
    }),
  })
  const pki = remotePki(asking<HarnessVerbs>(peer))
  await peer.closed
}

async function stand(
  setup: Setup,
  {
    peer,
    parts,
    pki,
    exported,
  }: {
    readonly pki: RemotePki
    readonly peer: Peer
    readonly parts: HostParts
    readonly exported: ExportedCertificates
  },
): Promise<Standing> {
  const ask = asking<HarnessVerbs>(peer)
  const firewall = new Firewall(setup.landscape)
  const callers = callersOf(setup)
  const desk = new PortDesk({
    host: setup.host,
    firewall,
    live: setup.live,
    callerAt: (address) => callers.hostAt(address),
  })
  const events = eventStream()
  events.subscribe((event) => {
    if (event.type === 'journal') tell(peer, 'journal', { entry: event.entry })
  })
  mkdirSync(HOST_FILES, { recursive: true, mode: 0o700 })
  const place = containerPlace({
    ...{ setup, desk, events, exported },
    random: seededRandom(setup.seed),
    pki,
    keys: remoteKeys(ask),
    folder: HOST_FILES,
    startBeside: remoteBeside(ask),
    keylog: setup.keylog ? (line) => tell(peer, 'keylog', { line: line.toString('base64') }) : undefined,
  })
  const runtime = new HostRuntime(place, setup.rootPem, {
    ...parts,
    signal: new AbortController().signal,
    // The harness has prepared what this host refers to before it asks for a start.
    prepare: async () => {},
  })
  const setFaults = async ({ faults }: FaultList) => {
    for (const id of [...firewall.faults.keys()]) firewall.remove(id)
    for (const { id, fault } of faults) firewall.put(id, fault)
    await applyRuleset(rulesetOf({ ...setup, faults: faults.map(({ fault }) => fault) }))
    desk.refresh()
  }
  await setFaults(setup)
  return { runtime, setFaults }
}
