import { z } from 'zod'
import { HarnessError, messageOf } from '../context/error.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { ControlVerb, ControlVerbs } from './control-protocol.ts'
import { type ControlledRun, endpointsOf, infoOf } from './controlled-run.ts'

export interface ControlScope {
  /** The run's name in run files and on the command line. */
  readonly name: string
  readonly startedAt: string
  /** Where files for other programs are kept; goes with the run. */
  readonly folder: string
  /** The landscape that is up, or the one that is starting once it is; undefined when there is none. */
  run(): ControlledRun | Promise<ControlledRun> | undefined
  /** Ends the run. */
  onDown(): void
  /** Sends events on this connection from now on. */
  subscribe(): void
}

const jsonObject = z.record(z.string(), z.json())
const nothing = z.object({})

const inputs = {
  info: nothing,
  hosts: nothing,
  endpoints: z.object({ from: z.string().optional() }),
  names: z.object({ host: z.string() }),
  trusted: z.object({ host: z.string() }),
  probe: z.object({ host: z.string(), probe: z.string(), input: jsonObject }),
  call: z.object({ host: z.string(), kind: z.string(), action: z.string(), input: jsonObject }),
  journal: z.object({ host: z.string(), kind: z.string().optional(), after: z.int().min(0).optional() }),
  files: z.object({ host: z.string(), folder: z.string().max(1_000).optional() }),
  inject: z.object({ fault: z.string() }),
  clear: z.object({ fault: z.string().optional() }),
  subscribe: nothing,
  down: nothing,
} as const satisfies Record<ControlVerb, z.ZodObject>

type Handler<V extends ControlVerb> = (
  input: z.output<(typeof inputs)[V]>,
  scope: ControlScope,
  signal: AbortSignal,
) => ControlVerbs[V]['output'] | Promise<ControlVerbs[V]['output']>

async function upIn(scope: ControlScope): Promise<ControlledRun> {
  let run: ControlledRun | undefined
  try {
    run = await scope.run()
  } catch (error) {
    throw new HarnessError('not-running', `${scope.name} did not start: ${messageOf(error)}`, { cause: error })
  }
  if (run) return run
  throw new HarnessError('not-running', `nothing of ${scope.name} is up until its file is mended and saved`)
}

const handlers: { readonly [V in ControlVerb]: Handler<V> } = {
  info: async (_input, scope) => infoOf(await upIn(scope), scope),
  hosts: async (_input, scope) => {
    const run = await upIn(scope)
    return run.landscape.hosts.map(({ name, fqdn, address, site, components }) => {
      const { networkProcess } = run.host(name)
      return { name, fqdn, address, site, kinds: components.map((component) => component.kind), networkProcess }
    })
  },
  endpoints: async ({ from }, scope) => endpointsOf(await upIn(scope), from),
  names: async ({ host }, scope) => Object.fromEntries(await (await upIn(scope)).host(host).names()),
  trusted: async ({ host }, scope) => (await upIn(scope)).host(host).trusted(),
  probe: async ({ host, probe, input }, scope, signal) =>
    (await upIn(scope)).host(host).probe(probe, input as JsonObject, signal),
  call: async ({ host, kind, action, input }, scope, signal) =>
    (await upIn(scope)).host(host).call(kind, action, input as JsonObject, signal),
  journal: async ({ host, kind, after }, scope) => (await upIn(scope)).host(host).journal(kind, after),
  files: async ({ host, folder }, scope) => (await upIn(scope)).host(host).files(folder),
  inject: async ({ fault }, scope) => {
    const injected = await (await upIn(scope)).inject(fault)
    return { id: injected.id, fault: injected.fault }
  },
  clear: async ({ fault }, scope) => {
    await (await upIn(scope)).clear(fault)
    return null
  },
  subscribe: (_input, scope) => {
    scope.subscribe()
    return null
  },
  down: (_input, scope) => {
    // The caller's answer goes out before the channel closes.
    setImmediate(() => scope.onDown())
    return null
  },
}

export interface ControlRequest {
  readonly id: string | number
  answer(scope: ControlScope, signal: AbortSignal): Promise<Json>
}

const envelope = z.looseObject({ id: z.union([z.string().max(64), z.number()]), verb: z.string().max(64) })

type AnyHandler = (input: unknown, scope: ControlScope, signal: AbortSignal) => unknown

// Each verb's schema and handler belong together by the two tables' types; a request's verb is text until looked up here.
const verbs = new Map(
  Object.entries(inputs).map(([verb, input]) => [
    verb,
    { input, handle: handlers[verb as ControlVerb] as unknown as AnyHandler },
  ]),
)

/** Reads a request line. What is wrong with its content is the answer's business; a line that is no request throws. */
export function readRequest(line: string): ControlRequest {
  const { id, verb: name, ...rest } = envelope.parse(JSON.parse(line))
  return {
    id,
    async answer(scope, signal) {
      const verb = verbs.get(name)
      if (!verb) throw new HarnessError('usage', `the control channel has no verb "${name}"`)
      const input = verb.input.safeParse(rest)
      if (!input.success) throw new HarnessError('usage', `${name}: ${z.prettifyError(input.error)}`)
      return (await verb.handle(input.data, scope, signal)) as Json // what a verb gives is JSON by its type
    },
  }
}
