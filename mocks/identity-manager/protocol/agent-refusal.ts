import { z } from 'zod'

/** Every way in which the server says no to an agent, and an agent to a browser, with its HTTP status. */
export const agentRefusals = {
  'not-authenticated': { status: 401, text: 'A bearer token is required.' },
  'invalid-token': { status: 401, text: 'The token is not one of this server, or has expired.' },
  'insufficient-scope': { status: 403, text: 'The token has not the scope usercube_api.' },
  'unknown-agent': { status: 403, text: 'There is no agent of this identifier.' },
  'reserved-identifier': { status: 403, text: 'The identifier Local is reserved for the integrated agent.' },
  'other-agents-client': { status: 403, text: 'The token belongs to the client of another agent.' },
  'application-uri-mismatch': { status: 409, text: 'ApplicationUri must be the same on the agent and on the server.' },
  'no-session': { status: 409, text: 'The agent has not introduced itself.' },
  'not-readable': { status: 422, text: 'The content cannot be decrypted with this key.' },
  'bad-request': { status: 400, text: 'The request cannot be read.' },
  'body-too-large': { status: 413, text: 'The request is too large.' },
  'not-found': { status: 404, text: 'There is nothing here.' },
  'method-not-allowed': { status: 405, text: 'This path takes another method.' },
  'agents-not-used': { status: 503, text: 'This server uses no agent (NotUseAgent).' },
  'server-error': { status: 500, text: 'The server failed.' },
} as const

export type AgentRefusalCode = keyof typeof agentRefusals

/** The body of a refusal. */
export const agentRefusalBody = z.object({
  error: z.object({ code: z.string().max(100), text: z.string().max(2_000) }),
})

export const refusalBodyOf = (code: AgentRefusalCode): z.output<typeof agentRefusalBody> => ({
  error: { code, text: agentRefusals[code].text },
})
