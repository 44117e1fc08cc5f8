import type { VerbModule } from './verb.ts'

interface VerbEntry {
  readonly summary: string
  /** Not for people: a process that another verb starts. */
  readonly hidden?: boolean
  /** Only the verb that is called is loaded. */
  load(): Promise<VerbModule>
}

/** Every verb, in the order in which the help lists them. */
export const verbs: ReadonlyMap<string, VerbEntry> = new Map<string, VerbEntry>([
  ['up', { summary: 'start a landscape and keep it up until Ctrl-C', load: () => import('./up.ts') }],
  ['verify', { summary: 'start a landscape, run its scenarios, report, stop', load: () => import('./verify.ts') }],
  [
    'list',
    { summary: 'list landscapes, scenarios, faults, components, flows, probes', load: () => import('./list.ts') },
  ],
  ['schema', { summary: "print the landscape file's JSON Schema, for editors", load: () => import('./schema.ts') }],
  ['ps', { summary: 'list the landscapes that are up', load: () => import('./ps.ts') }],
  ['probe', { summary: 'ask a question from a host of a landscape that is up', load: () => import('./probe.ts') }],
  ['exec', { summary: 'run any program as a host of a landscape sees the world', load: () => import('./exec.ts') }],
  ['env', { summary: 'print what another program needs to be such a host', load: () => import('./env.ts') }],
  ['journal', { summary: 'print what the components of a host wrote down', load: () => import('./journal.ts') }],
  ['files', { summary: 'list the files of a host', load: () => import('./files.ts') }],
  ['inject', { summary: 'break the traffic of a landscape that is up', load: () => import('./inject.ts') }],
  ['clear', { summary: 'take back what was injected', load: () => import('./clear.ts') }],
  ['down', { summary: 'end a landscape that is up', load: () => import('./down.ts') }],
  ['images', { summary: 'make the images that hosts in containers run', load: () => import('./images.ts') }],
  ['export', { summary: 'write a landscape as a Compose file', load: () => import('./export.ts') }],
  ['sql-server', { summary: 'start just a SQL Server, for tests of your own', load: () => import('./sql-server.ts') }],
  ['play-beside', { summary: 'play cases for a run', hidden: true, load: () => import('./play-beside.ts') }],
])
