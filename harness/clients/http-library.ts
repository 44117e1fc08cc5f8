import type { Agent, buildConnector, Dispatcher, interceptors } from 'undici'

export type { Agent, buildConnector, Dispatcher } from 'undici'

/** What is used of undici. */
export interface HttpLibrary {
  readonly Agent: typeof Agent
  readonly buildConnector: typeof buildConnector
  readonly redirect: typeof interceptors.redirect
}

let loading: Promise<HttpLibrary> | undefined

/** undici's agent and requests, loaded at first use: a third of the whole, which also brings fetch, caches and mocks. */
export function httpLibrary(): Promise<HttpLibrary> {
  loading ??= load()
  return loading
}

// The types are those that undici's door gives to what these files export.
async function load(): Promise<HttpLibrary> {
  const [dispatcher, api, agent, connector, redirect] = await Promise.all([
    import('undici/lib/dispatcher/dispatcher.js'),
    import('undici/lib/api/index.js'),
    import('undici/lib/dispatcher/agent.js'),
    import('undici/lib/core/connect.js'),
    import('undici/lib/interceptor/redirect.js'),
  ])
  // As undici's door does: `request` and its like are made for every dispatcher.
  Object.assign((dispatcher.default as typeof Dispatcher).prototype, api.default)
  return {
    Agent: agent.default as typeof Agent,
    buildConnector: connector.default as typeof buildConnector,
    redirect: redirect.default as typeof interceptors.redirect,
  }
}
