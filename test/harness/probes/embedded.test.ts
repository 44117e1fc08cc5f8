import { describe, expect, test } from 'vitest'
import { embeddedEngine } from '../../../harness/engines/embedded/engine.ts'
import type { KindDescription, LandscapeSpec } from '../../../harness/landscape/index.ts'
import { resolveLandscape } from '../../../harness/landscape/index.ts'
import { standardProbes } from '../../../harness/probes/index.ts'
import { type StartOptions, startResolved } from '../../../harness/start-landscape.ts'
import { echo } from '../../support/echo-kind.ts'

const spec: LandscapeSpec = {
  landscape: 'probed',
  hosts: { a: { runs: { echo: {} } }, b: { runs: { echo: {} } } },
}

const start = (options: StartOptions) => {
  const kinds = [echo as unknown as KindDescription]
  const parts = { kinds: new Map([['echo', echo]]), probes: standardProbes, engine: embeddedEngine }
  return startResolved(resolveLandscape(spec, kinds), parts, options)
}

describe.each([
  ['pair addresses', {}],
  ['the mapping to 127.0.0.1', { mapped: true }],
] as const)('the probes in the embedded engine, on %s', (_name, options) => {
  test('cross its network by name and by the model’s address', async () => {
    await using lab = await start(options)
    await lab.inject('open:from=a,to=b,port=443')
    const a = lab.host('a')
    const address = lab.landscape.hosts.find(({ name }) => name === 'b')?.address ?? ''
    for (const host of ['b', 'b.corp.example', address]) {
      const observation = await a.probe('tls', { host, port: 443 })
      expect(observation).toMatchObject({ ok: true, to: host, port: 443, facts: { tls: { authorized: true } } })
    }
    expect(await a.probe('dns', { name: 'b' })).toMatchObject({ ok: true, facts: { addresses: [expect.any(String)] } })
    const refused = { ok: false, ended: 'peer', error: { code: 'ECONNREFUSED' } }
    expect(await a.probe('tcp', { host: 'b', port: 1433 })).toMatchObject({ ok: true })
    expect(await a.probe('tcp', { host: 'b', port: 25 })).toMatchObject(refused)
    const unknown = { ok: false, ended: 'local', error: { code: 'ENOTFOUND' } }
    expect(await a.probe('http', { url: 'https://nobody/' })).toMatchObject(unknown)
    // The echo server is no mail, web or SQL server: TLS, where there is any, is good, and what follows is not.
    expect(await a.probe('http', { url: 'https://b/' })).toMatchObject({
      ok: false,
      facts: { tls: { authorized: true } },
    })
    expect(await a.probe('smtp', { host: 'b', port: 1433, secure: 'none' })).toMatchObject({ ok: false, ended: 'peer' })
    expect(await a.probe('sql', { server: 'b', user: 'a', password: 'b' })).toMatchObject({ ok: false, ended: 'peer' })
  })

  test.skipIf(process.platform !== 'linux')('see a dropped port as dropped (shown on Linux only)', async () => {
    await using lab = await start(options)
    await lab.inject('drop:from=a,to=b,port=1433')
    const a = lab.host('a')
    expect(await a.probe('tcp', { host: 'b', port: 1433 })).toMatchObject({ ended: 'deadline' })
    const sql = await a.probe('sql', { server: 'b', user: 'a', password: 'b' })
    expect(sql).toMatchObject({ ended: 'client-timer', error: { code: 'ETIMEOUT' } })
    expect(await lab.host('b').probe('tcp', { host: 'b', port: 1433 })).toMatchObject({ ok: true })
  })
})
