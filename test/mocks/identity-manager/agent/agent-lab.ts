import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../../../../harness/context/json.ts'
import type { LandscapeSpec } from '../../../../harness/landscape/index.ts'
import { startLandscape } from '../../../../harness/standard.ts'
import type { RunningLandscape, StartOptions } from '../../../../harness/start-landscape.ts'
import { type Ended, run } from '../../../support/programs.ts'

export const AGENT = 'identity-manager/agent'
export const SERVER = 'identity-manager/server'

type Settings = JsonObject

/** A landscape of an agent and its server, with what a test asks of it. */
export interface AgentLab extends AsyncDisposable {
  readonly lab: RunningLandscape
  /** An action of the agent. */
  call(action: string, input?: JsonObject): Promise<JsonObject>
  /** Stops the agent and starts it with these settings changed. */
  restart(settings: Settings): Promise<void>
  /** An action of the server. */
  server(action: string, input?: JsonObject): Promise<JsonObject>
  restartServer(settings?: Settings): Promise<void>
  /** What a component has written of a type: its facts. */
  journal(type: string, kind?: string): Promise<readonly JsonObject[]>
  /** Runs curl as a program outside, against the agent's port or the server's, with the landscape's root. */
  curl(path: string, ...args: readonly string[]): Promise<Ended>
  curlServer(path: string, ...args: readonly string[]): Promise<Ended>
}

export async function agentLab(
  agent: Settings = {},
  others: LandscapeSpec['hosts'] = {},
  options: StartOptions = {},
): Promise<AgentLab> {
  const spec = {
    landscape: 'agent-lab',
    patienceMs: 2_000,
    hosts: {
      sql1: { runs: { 'sql-server': {} } },
      im1: { aliases: ['identity'], runs: { [SERVER]: { database: 'sql1', hostNames: ['identity.corp.example'] } } },
      agent1: { runs: { [AGENT]: { server: 'im1', ...agent } } },
      ...others,
    },
  }
  const lab = await startLandscape(spec, options)
  const roots = join(lab.folder, 'roots.pem')
  await writeFile(roots, await lab.host('agent1').trusted())
  const asObject = async (answer: Promise<unknown>) => (await answer) as JsonObject // every action here answers with one
  const restart = async (host: string, kind: string, settings: Settings) => {
    await lab.host(host).stop(kind)
    await lab.host(host).start(kind, settings)
  }
  const curl = (to: { host: string; name: string; port: number }, path: string, args: readonly string[]) => {
    const seen = lab.endpoints().find((endpoint) => endpoint.to === to.host && endpoint.port === to.port)
    const place = `${to.name}:${to.port}:${seen?.address}:${seen?.seenPort}`
    const url = `https://${to.name}:${to.port}${path}`
    return run('curl', ['--silent', '--show-error', '--cacert', roots, '--connect-to', place, ...args, url])
  }
  return {
    lab,
    call: (action, input = {}) => asObject(lab.host('agent1').call(AGENT, action, input)),
    restart: (settings) => restart('agent1', AGENT, settings),
    server: (action, input = {}) => asObject(lab.host('im1').call(SERVER, action, input)),
    restartServer: (settings = {}) => restart('im1', SERVER, settings),
    journal: async (type, kind = AGENT) =>
      (await lab.host(kind === AGENT ? 'agent1' : 'im1').journal(kind))
        .filter((entry) => entry.type === type)
        .map(({ facts }) => facts),
    curl: (path, ...args) => curl({ host: 'agent1', name: 'agent1.corp.example', port: 5_001 }, path, args),
    curlServer: (path, ...args) => curl({ host: 'im1', name: 'identity.corp.example', port: 443 }, path, args),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}
