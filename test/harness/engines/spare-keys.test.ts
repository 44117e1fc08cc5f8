import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { embeddedEngine } from '../../../harness/engines/embedded/engine.ts'
import { defineComponent } from '../../../harness/host/component.ts'
import { type KindDescription, resolveLandscape } from '../../../harness/landscape/index.ts'
import { startResolved } from '../../../harness/start-landscape.ts'

const rsaServer = defineComponent({
  kind: 'rsa-server',
  summary: 'shows a certificate with an RSA key',
  settings: z.strictObject({}),
  references: {},
  actions: {},
  flows: [],
  listens: () => [{ id: 'tls', port: 8443, protocol: 'tcp', tls: 'implicit', purpose: 'shows its certificate' }],
  async start({ host }) {
    const server = createServer((socket) => void socket.on('error', () => socket.destroy()).end())
    await host.listen('tls', server, { certificate: () => host.certificates.issue({ key: 'rsa' }) })
    return { actions: {}, async [Symbol.asyncDispose]() {} }
  },
})

test('a landscape that has used an RSA key leaves others for the next one', async () => {
  const state = await mkdtemp(join(tmpdir(), 'landscape-state-'))
  vi.stubEnv('LANDSCAPE_STATE', state)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(state, { recursive: true })
  })
  // The test's only kind; the model parses its settings before it sees them.
  const kinds = [rsaServer] as unknown as readonly KindDescription[]
  const spec = { landscape: 'rsa', hosts: { a: { runs: { 'rsa-server': {} } } } }
  const parts = { kinds: new Map([['rsa-server', rsaServer]]), probes: new Map(), engine: embeddedEngine }
  await using lab = await startResolved(resolveLandscape(spec, kinds), parts, {})
  const unused = async () => (await readdir(join(state, 'keys'))).filter((name) => name.startsWith('rsa2048-')).length
  const [endpoint] = lab.endpoints('operator')
  const socket = connect({
    host: endpoint?.address,
    port: endpoint?.seenPort,
    servername: 'a.corp.example',
    ca: await lab.host('operator').trusted(),
  })
  await once(socket.resume(), 'close')
  await vi.waitFor(async () => expect(await unused()).toBeGreaterThan(8), { timeout: 20_000 })
})
