import { scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { sqlOf } from '../sql/sql-of.ts'

const pair = { app: 'password-secure/app-server', sql: { kind: 'sql-server', via: 'app.database' } } as const

export const sqlServerTls = [
  scenario({
    id: 'password-secure/tls/sql-server-is-verified',
    title: 'SQL Server’s certificate is verified against the landscape’s root before a password is sent',
    requirement: requirement.sqlOutgoing,
    on: pair,
    brokenBy: { setting: 'sql.certificate.defect', value: 'self-signed' },
    async run({ app, sql, expect }) {
      const { sqlUser, sqlPassword } = app.settings
      const seen = await app.probe('sql', { server: sqlOf(app, sql), user: sqlUser, password: sqlPassword })
      expect(seen).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/tls/sql-server-is-not-trusted-by-strangers',
    title: 'A login that trusts nobody ends in the handshake, before LOGIN7',
    requirement: requirement.sqlOutgoing,
    on: pair,
    brokenBy: { fault: 'reject', from: 'app', to: 'sql', port: 1433 },
    async run({ app, sql, expect }) {
      const { sqlUser, sqlPassword } = app.settings
      const seen = await app.probe('sql', {
        server: sqlOf(app, sql),
        user: sqlUser,
        password: sqlPassword,
        trust: 'nobody',
      })
      expect(seen).toFail({ code: 'ESOCKET', text: 'unable to get local issuer certificate' })
    },
  }),
  scenario({
    id: 'password-secure/tls/sql-server-says-that-it-encrypts',
    title: 'SQL Server itself reports the application server’s connection as encrypted',
    requirement: requirement.sqlOutgoing,
    on: pair,
    brokenBy: { setting: 'app.encrypt', value: false },
    async run({ app, expect }) {
      const { database } = await app.call('status', {})
      expect(database.encrypted, 'encrypt_option').toEqual(true)
    },
  }),
  scenario({
    id: 'password-secure/tls/sql-server-can-insist-on-encryption',
    title: 'Where encryption is forced, a client that cannot encrypt is told so',
    requirement: requirement.sqlIncoming,
    on: pair,
    brokenBy: { fault: 'reject', from: 'app', to: 'sql', port: 1433 },
    async run({ app, sql, expect, defer }) {
      const { sqlUser, sqlPassword } = app.settings
      defer(() => sql.call('set-encryption', { encryption: 'optional' }))
      await sql.call('set-encryption', { encryption: 'required' })
      const seen = await app.probe('sql', {
        server: sql.fqdn,
        user: sqlUser,
        password: sqlPassword,
        encrypt: false,
      })
      expect(seen).toFail({ code: 'EENCRYPT', text: 'Server requires encryption' })
    },
  }),
]
