import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const PORT = 443

export const agentAndServer = {
  agent: 'identity-manager/agent',
  server: { kind: 'identity-manager/server', via: 'agent.server' },
} as const

/** Nothing goes from the agent to the server. */
export const cutOff = { fault: 'reject', from: 'agent', to: 'server', port: PORT } as const

export const agentConnection: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/agent/resolves-the-server',
    title: 'From the agent’s host the name in its ApplicationUri leads to the server',
    requirement: requirement.agentsResolve,
    on: agentAndServer,
    brokenBy: { setting: 'agent.ApplicationUri', value: 'https://nowhere.corp.example' },
    async run({ agent, server, expect }) {
      const { applicationUri = '' } = await agent.call('status', {})
      const named = await agent.probe('dns', { name: new URL(applicationUri).hostname })
      expect(named).toSucceed()
      const known = await agent.probe('dns', { name: server.fqdn })
      expect(named.facts.addresses, 'addresses').toEqual(known.facts.addresses)
      expect(await agent.call('connect', {})).toInclude({ ok: true, applicationUri })
    },
  }),
  scenario({
    id: 'identity-manager/agent/unknown-name-is-enotfound',
    title: 'A server name that the agent’s host cannot resolve ends with ENOTFOUND, before anything is sent',
    requirement: requirement.agentsResolve,
    on: agentAndServer,
    brokenBy: { setting: 'agent.AgentIdentifier', value: 'Local' },
    async run({ agent, landscape, expect }) {
      await agent.restart({ ApplicationUri: `https://usercube-old.${landscape.domain}` })
      expect(await agent.call('connect', {})).toInclude({ ok: false, step: 'resolve', code: 'ENOTFOUND' })
    },
  }),
  scenario({
    id: 'identity-manager/agent/opens-https-to-the-server',
    title: 'The agent opens HTTPS to the server, whose certificate its host trusts',
    requirement: requirement.agentConnection,
    on: agentAndServer,
    brokenBy: { setting: 'server.certificate.defect', value: 'untrusted-root' },
    async run({ agent, expect }) {
      const answer = await agent.call('connect', {})
      expect(answer).toInclude({ ok: true, tls: { authorized: true } })
      if (answer.ok) expect(answer.tls.protocol).toMatch(/^TLSv1\.[23]$/)
    },
  }),
  scenario({
    id: 'identity-manager/agent/untrusted-certificate-is-refused',
    title: 'The agent does not talk to a server whose certificate its host does not trust',
    requirement: requirement.agentConnection,
    on: agentAndServer,
    brokenBy: cutOff,
    async run({ agent, server, expect }) {
      await server.restart({ certificate: { defect: 'self-signed' } })
      const answer = await agent.call('connect', {})
      expect(answer).toInclude({ ok: false, step: 'connect', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    },
  }),
  scenario({
    id: 'identity-manager/agent/client-credentials-get-a-token',
    title: 'The agent shows itself as CLIENT@DOMAIN with its secret, and gets a token of the scope usercube_api',
    requirement: requirement.agentConnection,
    on: agentAndServer,
    brokenBy: { setting: 'agent.registration.secret', value: 'another-secret' },
    async run({ agent, server, expect }) {
      const answer = await agent.call('connect', {})
      expect(answer).toInclude({ ok: true })
      const clientId = answer.ok ? answer.token.clientId : ''
      expect(clientId).toMatch(/^Job@[a-z0-9.-]+$/)
      const issued = (await server.journal('token-issued')).map(({ facts }) => facts)
      expect(issued.at(-1), 'the last token issued').toInclude({
        from: agent.host,
        clientId,
        grant: 'client_credentials',
        scopes: 'usercube_api',
      })
    },
  }),
  scenario({
    id: 'identity-manager/agent/wrong-secret-is-invalid-client',
    title: 'With a secret whose hash the server does not have, the agent gets invalid_client and no token',
    requirement: requirement.agentConnection,
    on: agentAndServer,
    brokenBy: cutOff,
    async run({ agent, expect }) {
      await agent.restart({ OpenIdClients: { Job: 'not-the-one' } })
      expect(await agent.call('connect', {})).toInclude({ ok: false, step: 'token', code: 'invalid_client' })
      expect((await agent.call('status', {})).hasToken, 'a token').toEqual(false)
    },
  }),
  scenario({
    id: 'identity-manager/agent/verifies-tokens-with-the-servers-key',
    title: 'The agent verifies the server’s tokens with the public key of the server’s Identity Server key pair',
    requirement: requirement.agentTokens,
    on: agentAndServer,
    brokenBy: { setting: 'agent.serverKey', value: 'another' },
    async run({ agent, server, expect }) {
      const pairs = await server.call('key-pairs', {})
      expect(pairs).toInclude({ ok: true })
      const thumbprint = pairs.ok ? pairs.identityServer.thumbprint : ''
      expect(await agent.call('connect', {})).toInclude({ ok: true, token: { verifiedWith: thumbprint } })
    },
  }),
  scenario({
    id: 'identity-manager/agent/token-of-another-key-is-not-taken',
    title: 'A token that does not fit the public key which the agent holds is not taken',
    requirement: requirement.agentTokens,
    on: agentAndServer,
    brokenBy: cutOff,
    async run({ agent, expect }) {
      await agent.restart({ serverKey: 'another' })
      expect(await agent.call('connect', {})).toInclude({
        ok: false,
        step: 'verify-token',
        code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      })
    },
  }),
]
