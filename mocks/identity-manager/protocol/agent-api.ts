/**
 * Where agents ask the server. The product's own paths are not public: these are assumed. Every one takes HTTPS and a bearer
 * token of the scope `usercube_api`; bodies are in `agent-messages.ts`, refusals in `agent-refusal.ts`.
 */
export const agentApi = {
  /** POST `sessionRequest` → `sessionAnswer`: who the agent is, under which address it knows the server, its public key. */
  session: '/api/Agents/Session',
  /** POST `collection` → `collectionAnswer`: one exported file. */
  collections: '/api/Agents/Collections',
  /** GET `?agentIdentifier=…` → `orderList`: provisioning orders that wait for this agent. */
  orders: '/api/Agents/ProvisioningOrders',
  /** POST `orderReport` → `reportAnswer`: what became of orders. */
  orderReports: '/api/Agents/ProvisioningOrders/Reports',
  /** POST `jobReport` → `reportAnswer`: a job that the agent has begun or ended. */
  jobReports: '/api/Agents/Jobs/Reports',
} as const

/** The identifier of the agent within the server's process; no other may have it (vendor, install the agents). */
export const INTEGRATED_IDENTIFIER = 'Local'

/** Where an end user's browser, logged in at the server, gets what it shows to an agent: GET → `browserTicket`. */
export const AGENT_TICKETS_PATH = '/api/Agents/Tickets'

/** The scope of tokens for the server's API (vendor, API authentication). */
export const API_SCOPE = 'usercube_api'

/** Who tickets for agents are meant for: their `aud`. */
export const AGENT_AUDIENCE = 'usercube_agent'

/** The largest body in either direction, in bytes: an encrypted file of `MAX_FILE_BYTES` in JSON. */
export const MAX_BODY_BYTES = 6 * 1024 * 1024

/** The largest exported file, in bytes; encrypting it makes it a third longer. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024

/** The name under which a server hands its Identity Server's certificate to the administrator, who carries it to agents. */
export const IDENTITY_CERTIFICATE = 'UsercubeIdentityServer'
