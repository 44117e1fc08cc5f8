import { createServer } from 'node:https'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { codeOf } from '../../../harness/context/error.ts'
import { certificateSetting, leafOf } from '../../../harness/host/certificate-setting.ts'
import { defineComponent } from '../../../harness/host/component.ts'
import type { LandscapeSpec } from '../../../harness/landscape/index.ts'
import { labOf } from '../../support/lab-of.ts'

/** An HTTPS site, which asks others as well. */
const site = defineComponent({
  kind: 'site',
  summary: 'an HTTPS site',
  settings: z.strictObject({ certificate: certificateSetting, names: z.array(z.string()).default([]) }),
  references: {},
  actions: {
    ask: {
      summary: 'asks a site',
      input: z.strictObject({ name: z.string() }),
      output: z.strictObject({ outcome: z.union([z.string(), z.int()]) }),
    },
  },
  flows: [
    {
      id: 'site',
      from: 'site',
      to: 'site',
      listen: 'https',
      purpose: 'ask',
      sources: [{ type: 'assumed', why: 'test' }],
    },
  ],
  listens: () => [{ id: 'https', port: 443, protocol: 'tcp', tls: 'implicit', purpose: 'answers' }],
  async start({ host, settings }) {
    await using starting = new AsyncDisposableStack()
    const server = createServer((_request, response) => response.end('ok'))
    starting.defer(() => void server.close())
    const certificate = () => host.certificates.issue({ ...leafOf(settings.certificate), names: settings.names })
    starting.use(await host.listen('https', server, { certificate }))
    const owned = starting.move()
    return {
      actions: {
        ask: async ({ name }) => ({
          outcome: await host.clients.http.request(`https://${name}/`).then(
            ({ status }) => status,
            (error: unknown) => codeOf(error) ?? String(error),
          ),
        }),
      },
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  },
})

const spec = (change: Partial<LandscapeSpec> = {}): LandscapeSpec => ({
  landscape: 'roots',
  hosts: {
    own1: { runs: { site: {} } },
    cloud1: {
      aliases: ['identity.usercube.com', 'a.b.usercube.com'],
      runs: { site: { certificate: { authority: 'public' }, names: ['*.usercube.com'] } },
    },
    client1: { runs: { site: {} } },
    client2: { runs: { site: {} } },
  },
  ...change,
})

const UNKNOWN = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
const MISMATCH = 'ERR_TLS_CERT_ALTNAME_INVALID'
const CLOUD = 'identity.usercube.com'

const rootsIn = (bundle: string) => bundle.match(/BEGIN CERTIFICATE/g)?.length ?? 0

async function start(change: Partial<LandscapeSpec> = {}) {
  const lab = await labOf(spec(change), [site])
  const ask = async (from: string, name: string): Promise<unknown> => {
    const { outcome } = (await lab.host(from).call('site', 'ask', { name })) as { outcome: unknown }
    return outcome
  }
  return { lab, ask, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() }
}

test('every host trusts the organisation’s own root and a public one', async () => {
  await using started = await start()
  const { lab, ask } = started
  expect(await ask('client1', CLOUD)).toBe(200)
  expect(await ask('client1', 'own1')).toBe(200)
  expect(await ask('client1', 'a.b.usercube.com')).toBe(MISMATCH)
  // A public authority certifies neither internal names nor addresses.
  expect(await ask('client1', 'cloud1')).toBe(MISMATCH)
  expect(rootsIn(await lab.host('client1').trusted())).toBe(2)
})

test('a host without the organisation’s root refuses what it issued, and no other host does', async () => {
  const { hosts } = spec()
  await using started = await start({ hosts: { ...hosts, client1: { ...hosts.client1, trusts: ['public'] } } })
  const { lab, ask } = started
  expect(await ask('client1', 'own1')).toBe(UNKNOWN)
  expect(await ask('client1', CLOUD)).toBe(200)
  expect(await ask('client2', 'own1')).toBe(200)
  expect(rootsIn(await lab.host('client1').trusted())).toBe(1)
})

const missing = [
  ['landscape', { own1: UNKNOWN, [CLOUD]: 200 }],
  ['public', { own1: 200, [CLOUD]: UNKNOWN }],
] as const

test.each(missing)('a deviation takes the %s root out of one host’s store', async (root, outcomes) => {
  await using started = await start({ deviations: [{ fault: 'distrust', at: 'client1', root }] })
  for (const [name, outcome] of Object.entries(outcomes)) {
    expect(await started.ask('client1', name), name).toBe(outcome)
    expect(await started.ask('client2', name), name).toBe(200)
  }
})

test('a root goes and comes back while the landscape is up; twice out is out until both are taken back', async () => {
  await using started = await start()
  const { lab, ask } = started
  expect(await ask('client1', 'own1')).toBe(200)
  const first = await lab.inject('distrust:at=client1')
  const second = await lab.inject({ fault: 'distrust', at: 'client1', root: 'landscape' })
  expect(lab.injected.map(({ id }) => id)).toEqual([first.id, second.id])
  expect(await ask('client1', 'own1')).toBe(UNKNOWN)
  expect(await ask('client2', 'own1')).toBe(200)
  await lab.clear(first.id)
  expect(await ask('client1', 'own1')).toBe(UNKNOWN)
  await lab.clear(second.id)
  expect(await ask('client1', 'own1')).toBe(200)
  await expect((async () => lab.inject('distrust:at=client9'))()).rejects.toMatchObject({ code: 'unknown-name' })
})

test('a landscape that distrusts at a host that is not there is refused', async () => {
  await expect(start({ deviations: [{ fault: 'distrust', at: 'client9', root: 'landscape' }] })).rejects.toMatchObject({
    code: 'landscape-invalid',
  })
})
