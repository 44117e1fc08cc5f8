import { writeFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appServer } from '../../../../mocks/password-secure/app-server/kind.ts'
import { licenseServer } from '../../../../mocks/password-secure/license-server/kind.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../../support/component-host-double.ts'
import { has, run } from '../../../support/programs.ts'
import { noSqlServer } from '../no-sql-server.ts'

let doubles: ComponentHostDoubles
let running: StartedDouble
let roots: string

beforeAll(async () => {
  doubles = await componentHostDoubles({ patienceMs: 2_000 })
  await doubles.start('sql1', noSqlServer)
  await doubles.start('license1', licenseServer)
  running = await doubles.start('app1', appServer, { references: { database: 'sql1', license: 'license1' } })
  roots = running.host.files.path('psr8server.pem')
  await writeFile(roots, doubles.landscape.exported.get('app1/PSR8Server') ?? '')
})
afterAll(() => doubles[Symbol.asyncDispose]())

describe('programs that know nothing of this project', () => {
  it.skipIf(!has('openssl')).each(['clients', 'web-services', 'real-time'])(
    'openssl (skipped where it is missing) verifies %s with the exported certificate, by TLS 1.2 and 1.3, and by no older',
    async (listen) => {
      const { address, port } = running.endpoint(listen)
      const name = 'app1.corp.example'
      const args = [
        's_client',
        '-connect',
        `${address}:${port}`,
        '-servername',
        name,
        '-verify_hostname',
        name,
        '-CAfile',
        roots,
      ]
      for (const version of ['-tls1_2', '-tls1_3']) {
        const handshake = await run('openssl', [...args, '-verify_return_error', '-brief', version])
        expect(handshake.stderr).toContain('Verification: OK')
      }
      const old = await run('openssl', [...args, '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'])
      expect(old.exitCode, old.output).not.toBe(0)
    },
  )

  it.skipIf(!has('curl'))('curl (skipped where it is missing) asks 11016 for its status', async () => {
    const { address, port } = running.endpoint('web-services')
    const to = ['--connect-to', `app1.corp.example:11016:${address}:${port}`, '--cacert', roots, '--silent']
    const { stdout } = await run('curl', [...to, 'https://app1.corp.example:11016//status'])
    expect(JSON.parse(stdout)).toMatchObject({ server: 'app1' })
    const refused = await run('curl', [
      ...to,
      '-H',
      'Origin: https://evil.example',
      '-w',
      '%{http_code}',
      'https://app1.corp.example:11016/status',
    ])
    expect(refused.stdout).toMatch(/origin-not-allowed.*403$/)
  })
})
