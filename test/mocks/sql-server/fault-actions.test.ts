import sql from 'mssql'
import { expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'

test('the faults of the connection are actions of the component', async () => {
  await using lab = await startLandscape({
    landscape: 'faults',
    hosts: { sql1: { runs: { 'sql-server': {} } } },
  })
  const act = (action: string, input: Record<string, number | string> = {}) =>
    lab.host('sql1').call('sql-server', action, input)
  const at = lab.endpoints('operator').find((endpoint) => endpoint.port === 1433)
  const connect = () =>
    new sql.ConnectionPool({
      server: at?.address ?? '',
      port: at?.seenPort ?? 0,
      user: 'sa',
      password: 'Adm1n-of-SQL!',
      options: { trustServerCertificate: true, serverName: 'sql1' },
    }).connect()
  await act('hold-prelogin')
  const waiting = connect()
  const journal = async () => (await lab.host('sql1').journal('sql-server')).map(({ type }) => type)
  await expect.poll(journal).toContain('fault')
  expect(await act('release-prelogin')).toMatchObject({ released: 1 })
  const pool = await waiting
  try {
    await act('fail-after-rows', { rows: 3, severity: 16, number: 50001, text: 'half way', matching: 'SERIES' })
    const series = 'SELECT value FROM GENERATE_SERIES(1, 9)'
    await expect(pool.query(series)).rejects.toMatchObject({ number: 50001, message: 'half way' })
    await act('drop-in-row', { rows: 3, matching: 'SERIES' })
    await expect(pool.query(series)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await act('drop-next-response', { tokens: 2, matching: 'SERIES' })
    await expect(pool.query(series)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await act('cut-next-handshake')
    await expect(connect()).rejects.toMatchObject({ code: 'ESOCKET' })
    expect((await pool.query(series)).recordset).toHaveLength(9)
  } finally {
    await pool.close()
  }
})
