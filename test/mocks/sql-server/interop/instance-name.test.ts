import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startLandscape } from '../../../../harness/standard.ts'
import { missing, run } from '../../../support/programs.ts'

const jtds = '/usr/share/java/jtds.jar'
const noJava = missing('java') ?? (existsSync(jtds) ? undefined : ` (skipped: ${jtds} not installed)`)
const password = 'Adm1n-of-SQL!'

test.skipIf(noJava !== undefined)(
  `jTDS finds an instance by its name${noJava ?? ''}`,
  { timeout: 60_000 },
  async () => {
    await using lab = await startLandscape({
      landscape: 'jtds-instance',
      hosts: {
        sql1: { runs: { 'sql-server': { instances: { VAULT: { logins: [{ name: 'only-here', password }] } } } } },
      },
    })
    const at = lab.endpoints('operator').find(({ protocol }) => protocol === 'udp')
    // The pair address and UDP 1434 as they are: a driver has no other port for that question.
    const url = (instance: string) => `jdbc:jtds:sqlserver://${at?.address}/master;instance=${instance};ssl=require`
    const program = join(import.meta.dirname, 'JtdsWindowsLogin.java')
    const { output } = await run('java', [
      '-Dfile.encoding=UTF-8',
      '-cp',
      jtds,
      program,
      'only-here',
      password,
      url('VAULT'),
      url('NOWHERE'),
    ])
    const [there, nowhere] = output.trim().split('\n')
    expect(there).toBe('only-here')
    expect(nowhere).toContain('NOWHERE')
  },
)
