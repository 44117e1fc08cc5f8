import { type AnyScenario, type Role, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const on = { program: { kind: 'browser', first: true }, server: 'identity-manager/server' } as const
const cutOff = { fault: 'reject', from: 'program', to: 'server', port: 443 } as const

const SECRET = 'Reporting-4-Every1!'
const apiClient = { openIdClients: { Reporting: SECRET } } as const

type Host = Role<'browser'>
type Server = Role<'identity-manager/server'>

const wish = (server: Server) => ({
  grant_type: 'client_credentials',
  scope: 'usercube_api',
  client_id: `Reporting@${server.fqdn}`,
  client_secret: SECRET,
})

interface Answer {
  readonly status: unknown
  readonly challenge: string
  readonly body: string
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/** What a program on a host is answered; a connection that fails is no answer. */
async function asked(host: Host, url: string, more: Record<string, unknown> = {}): Promise<Answer> {
  const { facts } = await host.probe('http', { url, ...more })
  const headers = fieldOf(facts.http, 'headers')
  return {
    status: fieldOf(facts.http, 'status'),
    challenge: String(fieldOf(headers, 'www-authenticate')),
    body: String(fieldOf(facts.http, 'body')),
  }
}

const token = (host: Host, server: Server, form: Record<string, string>): Promise<Answer> =>
  asked(host, `https://${server.fqdn}/connect/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })

const resources = (host: Host, server: Server, accessToken: string): Promise<Answer> =>
  asked(host, `https://${server.fqdn}/api/Resource/Directory_User`, {
    headers: { authorization: `Bearer ${accessToken}` },
  })

const accessTokenOf = ({ body }: Answer): string => /"access_token":"([^"]+)"/.exec(body)?.[1] ?? ''

export const apiClients: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/tokens/api-client-reads-the-api',
    title:
      'A program with <id>@<domain>, its secret and the scope usercube_api gets a token, and reads the API with it',
    requirement: requirement.apiClients,
    on,
    brokenBy: cutOff,
    async run({ program, server, expect }) {
      await server.restart(apiClient)
      const answer = await token(program, server, wish(server))
      expect(answer, 'the token endpoint').toInclude({ status: 200 })
      expect(answer.body).toContain('"token_type":"Bearer"')
      const read = await resources(program, server, accessTokenOf(answer))
      expect(read, 'the API').toInclude({ status: 200 })
      expect(read.body).toContain('alice')
    },
  }),
  scenario({
    id: 'identity-manager/tokens/wrong-requests-get-the-protocols-own-errors',
    title:
      'A wrong secret, an id without its domain, a missing scope and an unknown grant each get the protocol’s own error',
    requirement: requirement.apiClients,
    on,
    brokenBy: cutOff,
    async run({ program, server, expect, step }) {
      await server.restart(apiClient)
      const right = wish(server)
      const { scope: _scope, ...scopeless } = right
      const attempts: readonly [string, Record<string, string>, string][] = [
        ['a wrong secret', { ...right, client_secret: 'wrong' }, 'invalid_client'],
        ['an id without its domain', { ...right, client_id: 'Reporting' }, 'invalid_client'],
        ['no scope', scopeless, 'invalid_scope'],
        ['an unknown grant', { ...right, grant_type: 'urn:example:unknown' }, 'unsupported_grant_type'],
      ]
      for (const [what, form, error] of attempts) {
        await step(what, async () => {
          const answer = await token(program, server, form)
          expect(answer.body).toContain(`"error":"${error}"`)
          expect(answer.body.includes(SECRET), 'the secret is in the answer').toEqual(false)
        })
      }
    },
  }),
  scenario({
    id: 'identity-manager/tokens/tampered-token-is-refused',
    title: 'A token that was changed on its way is refused with 401 and invalid_token',
    requirement: requirement.apiClients,
    on,
    brokenBy: cutOff,
    async run({ program, server, expect }) {
      await server.restart(apiClient)
      const [header = '', , signature = ''] = accessTokenOf(await token(program, server, wish(server))).split('.')
      const forged = Buffer.from(JSON.stringify({ sub: 'alice', scope: 'usercube_api' })).toString('base64url')
      const answer = await resources(program, server, [header, forged, signature].join('.'))
      expect(answer, 'the API').toInclude({ status: 401 })
      expect(answer.challenge).toContain('error="invalid_token"')
    },
  }),
  scenario({
    id: 'identity-manager/tokens/oversized-request-is-refused',
    title: 'A token request of a megabyte is refused unread, and the server goes on',
    requirement: requirement.apiClients,
    on,
    brokenBy: cutOff,
    async run({ program, server, expect }) {
      await server.restart(apiClient)
      const refused = await token(program, server, { ...wish(server), filling: 'x'.repeat(1_000_000) })
      expect(refused, 'the large request').toInclude({ status: 413 })
      expect(await token(program, server, wish(server)), 'the next one').toInclude({ status: 200 })
    },
  }),
]
