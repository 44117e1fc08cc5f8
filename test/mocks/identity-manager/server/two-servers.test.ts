import { expect, test } from 'vitest'
import { startLandscape } from '../../../../harness/standard.ts'

test('two servers behind one name share a database, whichever of them comes first', async () => {
  await using lab = await startLandscape({
    landscape: 'two-servers',
    hosts: {
      sql1: { runs: { 'sql-server': {} } },
      im1: { runs: { 'identity-manager/server': { database: 'sql1' } } },
      im2: { runs: { 'identity-manager/server': { database: 'sql1' } } },
    },
  })
  for (const host of ['im1', 'im2']) {
    expect(await lab.host(host).call('identity-manager/server', 'health', {})).toMatchObject({ status: 'Healthy' })
  }
})
