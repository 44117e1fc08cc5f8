/** Unmodified clients log in by NTLM, each with its own idea of the last message. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { startTestServer, type TestServer } from '../running-server.ts'

const password = 'Secret-1'
const untrusted =
  'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.'
const jtds = '/usr/share/java/jtds.jar'
const noJava = missing('java') ?? (existsSync(jtds) ? undefined : ` (skipped: ${jtds} not installed)`)
const query = 'SELECT SUSER_SNAME() AS who, auth_scheme FROM sys.dm_exec_connections WHERE session_id = @@SPID'

let server: TestServer
let old: TestServer
beforeAll(async () => {
  const accounts = [{ name: 'alice', password }]
  const windowsLogins = [{ name: 'CORP\\alice' }]
  server = await startTestServer({ windowsLogins, windows: { domain: { dns: 'corp.example', accounts } } })
  old = await startTestServer({ windowsLogins, windows: { domain: { dns: 'corp.example', accounts, ntlmV1: true } } })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await old[Symbol.asyncDispose]()
})

const run = (program: string, args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<string> =>
  new Promise((resolve) => {
    const options = { timeout: 20_000, env: { ...process.env, ...env } }
    const child = execFile(program, args, options, (_error, stdout, stderr) => resolve(stdout + stderr))
    child.stdin?.on('error', () => undefined) // a program that could not log in reads nothing
    child.stdin?.end(input)
  })

const noTsql = missing('tsql')
describe.skipIf(noTsql)(`tsql${noTsql ?? ''}`, () => {
  const tsql = (user: string, given: string, version: string): Promise<string> =>
    run('tsql', ['-H', '127.0.0.1', '-p', `${server.port}`, '-U', user, '-P', given], `${query}\ngo\nexit\n`, {
      TDSVER: version,
    })

  test.each(['7.1', '7.2', '7.3', '7.4'])('logs in with TDS %s', async (version) => {
    expect(await tsql('CORP\\alice', password, version)).toContain('CORP\\alice\tNTLM')
  })

  test('is told 18452 for a wrong password', async () => {
    const output = await tsql('CORP\\alice', 'wrong', '7.4')
    expect(output).toContain('Msg 18452 (severity 14, state 1) from SQL1 Line 1:')
    expect(output).toContain(untrusted)
  })
})

const noIsql = missing('isql')
test.skipIf(noIsql)(`isql over tdsodbc logs in${noIsql ?? ''}`, async () => {
  const connection = `DRIVER=FreeTDS;SERVER=127.0.0.1;PORT=${server.port};UID=CORP\\alice;PWD=${password};TDS_Version=7.4`
  const output = await run('isql', ['-v', '-b', '-k', connection], `${query}\n`)
  expect(output).toMatch(/CORP\\alice\s*\|\s*NTLM/)
})

test.skipIf(noJava)(`jTDS logs in by NTLMv2; by NTLMv1 only where the domain allows it${noJava ?? ''}`, async () => {
  const url = ({ port }: TestServer, more: string) =>
    `jdbc:jtds:sqlserver://127.0.0.1:${port}/master;domain=CORP;${more}`
  const urls = [
    url(server, 'useNTLMv2=true'),
    url(server, 'useNTLMv2=true;ssl=require'),
    url(server, 'useNTLMv2=false'),
    url(old, 'useNTLMv2=false'),
  ]
  const program = join(import.meta.dirname, 'JtdsWindowsLogin.java')
  const output = await run('java', ['-Dfile.encoding=UTF-8', '-cp', jtds, program, 'alice', password, ...urls])
  expect(output.trim().split('\n')).toEqual(['CORP\\alice', 'CORP\\alice', `18452 ${untrusted}`, 'CORP\\alice'])
  expect(server.journal).toContainEqual(
    expect.objectContaining({
      type: 'login-refused',
      why: expect.stringContaining('the response is NTLMv1, which the domain refuses'),
    }),
  )
})

// Where the system's packages are: another python3 may stand before it on the PATH.
const python = '/usr/bin/python3'
const noPython = existsSync(python) ? undefined : ` (skipped: ${python} not installed)`
test.skipIf(noPython)(`pymssql logs in${noPython ?? ''}`, async ({ skip }) => {
  const program = `
import sys
try:
    import pymssql
except ImportError:
    sys.exit('no pymssql')
db = pymssql.connect(server='127.0.0.1', port='${server.port}', user='CORP\\\\alice', password='${password}')
cursor = db.cursor()
cursor.execute('SELECT SUSER_SNAME()')
print(cursor.fetchone()[0])
`
  const output = await run(python, ['-c', program])
  if (output.includes('no pymssql')) skip('pymssql not installed')
  expect(output.trim()).toBe('CORP\\alice')
})
