import type { Socket } from 'node:net'
import { HarnessError } from '../../../context/error.ts'
import type { ExportedCertificates } from '../../../host/host-place.ts'
import type { HostRuntime } from '../../../host/runtime.ts'
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
import { harnessAtDoor } from './host-door.ts'
import { askLandscape } from './name-services.ts'
import { type RemotePki, remoteKeys, remotePki } from './remote-authorities.ts'
import { remoteBeside } from './remote-beside.ts'
import { type HostParts, standingHost } from './standing-host.ts'

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
  const loading: Promise<unknown>[] = []
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
        // While others are still being brought up, and before what the components wait for stands.
        loading.push(...loads(setup, parts))
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
      files: async ({ folder }) => (await host()).files(folder),
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
  // What cannot be loaded is told by the start that needs it.
  await Promise.allSettled(loading)
}

/** Begins to load what the host's components are made of. */
const loads = ({ landscape, host }: Setup, { kinds }: HostParts): readonly Promise<unknown>[] =>
  (landscape.hosts.find(({ name }) => name === host)?.components ?? []).flatMap(({ kind }) => {
    const loaded = kinds.get(kind)?.load?.()
    // It may fail long before anybody waits for it.
    loaded?.catch(() => undefined)
    return loaded ?? []
  })

interface StandOptions {
  readonly pki: RemotePki
  readonly peer: Peer
  readonly parts: HostParts
  readonly exported: ExportedCertificates
}

async function stand(setup: Setup, { peer, parts, pki, exported }: StandOptions): Promise<Standing> {
  const ask = asking<HarnessVerbs>(peer)
  askLandscape(setup)
  const { runtime, firewall, refresh } = await standingHost({
    ...{ setup, parts, pki, exported },
    keys: remoteKeys(ask),
    startBeside: remoteBeside(ask),
    keylog: setup.keylog ? (line) => tell(peer, 'keylog', { line: line.toString('base64') }) : undefined,
    // It ends with its container.
    signal: new AbortController().signal,
    onJournal: (entry) => tell(peer, 'journal', { entry }),
  })
  return {
    runtime,
    async setFaults({ faults }) {
      for (const id of [...firewall.faults.keys()]) firewall.remove(id)
      for (const { id, fault } of faults) firewall.put(id, fault)
      await refresh()
    },
  }
}
