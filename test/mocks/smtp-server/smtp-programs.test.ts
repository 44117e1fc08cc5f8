import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { smtpServer } from '../../../mocks/smtp-server/kind.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../support/component-host-double.ts'
import { missing } from '../../support/programs.ts'

const run = promisify(execFile)
const noSwaks = missing('swaks')
const noOpenssl = missing('openssl')
const account = { user: 'passwordsecure', password: 'Mail-2026!' }

interface Site {
  readonly doubles: ComponentHostDoubles
  readonly server: StartedDouble
  readonly ca: string
}

async function withServer(settings: Record<string, unknown>, work: (site: Site) => Promise<void>) {
  await using doubles = await componentHostDoubles()
  await using server = await doubles.start('mail', smtpServer, { settings: { accounts: [account], ...settings } })
  const ca = join(doubles.landscape.folder, 'root.pem')
  await writeFile(ca, doubles.landscape.root)
  await work({ doubles, server, ca })
}

describe.skipIf(noSwaks)(`swaks${noSwaks ?? ''}`, () => {
  const swaks = ({ server }: Site, listen: string, ...options: string[]) => {
    const { address, port } = server.endpoint(listen)
    const envelope = ['--from', 'ps@corp.example', '--to', 'alice@corp.example', '--header', 'Subject: from swaks']
    return run('swaks', ['--server', address, '--port', String(port), '--ehlo', 'app1', ...envelope, ...options])
  }
  const login = (mechanism: string) => [
    '--auth',
    mechanism,
    '--auth-user',
    account.user,
    '--auth-password',
    account.password,
  ]

  test.each([
    ['smtp', ['--tls']],
    ['smtps', ['--tls-on-connect', ...login('LOGIN')]],
    ['submission', ['--tls', ...login('PLAIN')]],
    ['submission', ['--tls', ...login('LOGIN')]],
  ])('delivers on %s %j', (listen, options) =>
    withServer({}, async (site) => {
      const { stdout } = await swaks(site, listen, '--tls-verify', '--tls-ca-path', site.ca, ...options)
      expect(stdout).toContain('250 OK: message queued')
      expect(await site.server.call('search', { subject: 'from swaks' })).toMatchObject({ total: 1 })
    }),
  )

  test('is told to issue STARTTLS before AUTH', () =>
    withServer({}, async (site) => {
      const failed = swaks(site, 'submission', ...login('PLAIN'))
      await expect(failed).rejects.toMatchObject({ stdout: expect.stringContaining('538') })
    }))
})

test.skipIf(noOpenssl)(`openssl s_client -starttls smtp verifies the chain${noOpenssl ?? ''}`, () =>
  withServer({}, async ({ server, ca }) => {
    for (const [listen, more] of [
      ['smtp', ['-starttls', 'smtp']],
      ['submission', ['-starttls', 'smtp']],
      ['smtps', []],
    ] as const) {
      const { address, port } = server.endpoint(listen)
      const verify = ['-CAfile', ca, '-verify_return_error', '-verify_hostname', 'mail.corp.example', '-x509_strict']
      const opening = run('openssl', ['s_client', '-connect', `${address}:${port}`, ...verify, ...more])
      opening.child.stdin?.end('QUIT\r\n')
      expect((await opening).stdout).toContain('Verify return code: 0 (ok)')
    }
  }),
)

test.skipIf(noOpenssl)(`openssl gets no TLS 1.1${noOpenssl ?? ''}`, () =>
  withServer({}, async ({ server }) => {
    for (const [listen, more] of [
      ['smtp', ['-starttls', 'smtp']],
      ['smtps', []],
    ] as const) {
      const { address, port } = server.endpoint(listen)
      const old = ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0']
      const opening = run('openssl', ['s_client', '-connect', `${address}:${port}`, ...old, ...more])
      opening.child.stdin?.end()
      await expect(opening).rejects.toMatchObject({ stderr: expect.stringMatching(/alert protocol version/) })
    }
  }),
)
