import { expect, test } from 'vitest'
import type { JsonObject } from '../../../harness/context/json.ts'
import { startLandscape } from '../../../harness/standard.ts'

const KIND = 'web-server'
const web = (kind: string) => ({ 'web-server': { kind, app: 'app1', connectTimeoutMs: 400 } })

// The same with the real ones: test/docker/names.docker.ts.
test('nginx asks for names when it starts and keeps what it found, Apache and IIS ask when they connect', async () => {
  await using lab = await startLandscape({
    landscape: 'names',
    patienceMs: 1_500,
    hosts: {
      dns1: { runs: { 'dns-server': {} } },
      sql1: { runs: { 'sql-server': {} } },
      license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
      app1: { runs: { 'password-secure/app-server': { database: 'sql1', license: 'license1' } } },
      nginx1: { runs: web('nginx') },
      apache1: { runs: web('apache') },
      iis1: { runs: web('iis') },
      client1: { runs: { 'password-secure/client': { server: 'app1' } } },
    },
  })
  const api = async (through: string) => {
    const url = `https://${through}.corp.example/api/status`
    const { facts, error } = await lab.host('client1').probe('http', { url })
    return (facts?.http as JsonObject | undefined)?.status ?? error?.code
  }
  const all = () => Promise.all(['nginx1', 'apache1', 'iis1'].map(api))
  const under = async (answer: string, work: () => Promise<void>) => {
    const { id } = await lab.inject(`dns-answer:name=app1,answer=${answer}`)
    await work()
    await lab.clear(id)
  }
  const recycle = () => lab.host('nginx1').call(KIND, 'recycle', {})

  expect(await all()).toEqual([200, 200, 200])
  await under('nxdomain', async () => {
    expect(await all()).toEqual([200, 500, 502])
    const refused = { ok: false, code: 'not-reloaded', text: 'host not found in upstream "app1.corp.example"' }
    expect(await lab.host('nginx1').call(KIND, 'set-upstream', { host: 'app1', down: true })).toEqual(refused)
  })
  await under('address,data=license1', async () => {
    expect(await all()).toEqual([200, 503, 502])
    await recycle()
    expect(await api('nginx1')).toBe(502)
  })
  expect(await all()).toEqual([502, 200, 200])
  await recycle()
  await under('address,data=10.9.9.9', async () => {
    await recycle()
    expect(await all()).toEqual([502, 503, 502])
  })
  await recycle()
  expect(await all()).toEqual([200, 200, 200])
  await under('servfail', async () => {
    await recycle()
    expect(await all()).toEqual(['ECONNREFUSED', 500, 502])
    await lab.host('nginx1').stop(KIND)
    await lab.host('nginx1').start(KIND)
    expect(await api('nginx1')).toBe('ECONNREFUSED')
  })
  await lab.host('nginx1').stop(KIND)
  await lab.host('nginx1').start(KIND)
  expect(await all()).toEqual([200, 200, 200])
})
