import { eventStream, type JournalEntry } from '../../../harness/context/events.ts'
import type { JsonObject } from '../../../harness/context/json.ts'
import type { HostHandle } from '../../../harness/host/host-handle.ts'
import type { Expectation, Landscape } from '../../../harness/landscape/landscape.ts'
import type { AnyScenario, ScenarioTools } from '../../../harness/scenario/index.ts'
import type { Stage } from '../../../harness/scenario/stage.ts'

interface TestRole {
  call(action: string, input: JsonObject): Promise<JsonObject>
  journal(): Promise<readonly JournalEntry[]>
  stop(): Promise<void>
  restart(settings?: JsonObject): Promise<void>
}

/** A stage that writes down what is done to it. */
export function stageWith(
  options: {
    readonly hosts?: number
    readonly expectations?: readonly Expectation[]
    readonly down?: boolean
    /** A start that fails rejects. */
    readonly starting?: (what: string) => Promise<void>
  } = {},
) {
  const done: string[] = []
  const injecting = Promise.withResolvers<void>()
  const names = Array.from({ length: options.hosts ?? 1 }, (_, index) => `h${index + 1}`)
  const landscape: Landscape = {
    name: 'stage',
    domain: 'corp.example',
    organisation: 'Corp',
    patienceMs: 100,
    firewallDefault: 'reject',
    sites: [{ name: 'main', delayMs: 0 }],
    hosts: names.map((name) => ({
      name,
      fqdn: `${name}.corp.example`,
      aliases: [],
      site: 'main',
      address: '10.0.0.1',
      clockSkewMs: 0,
      trusts: ['landscape', 'public'],
      components: [{ host: name, kind: 'echo', settings: {}, references: {}, listens: [] }],
    })),
    flows: [],
    nameServers: [],
    startOrder: [],
    faults: options.down ? [{ fault: 'stop', at: 'h1.echo' }] : [],
    expectations: options.expectations ?? [],
    skips: [],
  }
  const host = (name: string): HostHandle => ({
    name,
    probe: () => Promise.reject(new Error('nobody probes here')),
    async call(_kind, action) {
      done.push(`call ${name} ${action}`)
      return { user: 'ada', password: 'p4ss', nested: { token: 'abc' } }
    },
    journal: async (_kind, after = 0) => done.map((type, index) => entry(name, type, index + 1)).slice(after),
    stop: async (kind) => void done.push(`stop ${name}.${kind}`),
    start: async (kind, settings) => {
      const what = `start ${name}.${kind}${settings ? ' changed' : ''}`
      done.push(what)
      await options.starting?.(what)
    },
    names: async () => new Map(),
    trusted: async () => '',
    files: async () => [],
  })
  const stage: Stage & { engine: string; seed: number; readyMs: number } = {
    landscape,
    events: eventStream(),
    engine: 'embedded',
    seed: 1,
    readyMs: 1,
    host,
    async inject(fault) {
      done.push(`inject ${fault.fault}`)
      if (fault.fault === 'stall') await injecting.promise
      return { id: fault.fault }
    },
    clear: async (id) => void done.push(`clear ${id}`),
  }
  return { stage, done, injecting }
}

const entry = (host: string, type: string, sequence: number) => ({
  sequence,
  at: '',
  host,
  kind: 'echo',
  type,
  facts: {},
})

export type Tools = ScenarioTools & { readonly app: TestRole }

// Kinds are typed by the mocks; these scenarios play on a kind of the test's own.
export const story = (run: (tools: Tools) => Promise<void>, id = 'test/story'): AnyScenario =>
  ({
    id,
    title: 'a story',
    requirement: 'none',
    on: { app: 'echo' },
    brokenBy: { stop: 'app' },
    run,
  }) as unknown as AnyScenario
