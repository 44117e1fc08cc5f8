import { expect, test } from 'vitest'
import { startLandscape } from '../../../../harness/standard.ts'
import { AGENT, SERVER } from './agent-lab.ts'

test.each(['store', 'pfx'] as const)(
  'an integrated agent shares the server’s folder, settings and key pair from a %s, and opens no port',
  async (source) => {
    const server = {
      database: 'sql1',
      hostNames: ['identity.corp.example'],
      encryptionCertificate: { source },
      identityCertificate: { source },
    }
    await using lab = await startLandscape({
      landscape: 'integrated',
      patienceMs: 2_000,
      hosts: {
        sql1: { runs: { 'sql-server': {} } },
        im1: { aliases: ['identity'], runs: { [SERVER]: server, [AGENT]: { server: 'im1', mode: 'integrated' } } },
      },
    })
    const call = (action: string, input = {}) => lab.host('im1').call(AGENT, action, input)
    const pairs = await lab.host('im1').call(SERVER, 'key-pairs', {})
    expect(await call('status')).toMatchObject({ state: 'running', mode: 'integrated' })
    expect(pairs).toMatchObject({ ok: true, encryption: { subject: 'CN=UsercubeEncryption' } })
    expect(await call('connect')).toMatchObject({ ok: true, token: { verifiedWith: 'published keys' } })
    expect(await call('launch-job')).toMatchObject({ ok: true, instance: { state: 'Completed' } })
    expect(lab.endpoints().filter(({ kind }) => kind === AGENT)).toEqual([])
  },
)
