import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const underIis = { server: { kind: 'identity-manager/server', where: { hosting: 'iis' } } } as const
/** A service has no application pool. */
const asService = { setting: 'server.hosting', value: 'windows-service' } as const

const DAY_MINUTES = 1_440

export const applicationPool: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/hosting/idle-time-out',
    title: 'After its idle time-out the worker process ends: jobs do not start until somebody asks for a page',
    requirement: requirement.applicationPool,
    on: underIis,
    brokenBy: asService,
    async run({ server, expect }) {
      await server.restart({ iis: { applicationPool: { idleTimeoutMinutes: 20 } } })
      expect(await server.call('elapse', { minutes: 20 })).toInclude({ state: 'stopped', idleTimeout: true })
      expect(await server.call('run-job', { job: 'Complete' })).toInclude({ started: false })
      expect(await server.probe('http', { url: `https://${server.fqdn}/hc` })).toSucceed()
      expect(await server.call('run-job', { job: 'Complete' })).toEqual({ started: true })
    },
  }),
  scenario({
    id: 'identity-manager/hosting/recycling',
    title:
      'With a regular time interval the pool is recycled; with both set to 0, as recommended, nothing ends the process',
    requirement: requirement.applicationPool,
    on: underIis,
    brokenBy: asService,
    async run({ server, expect }) {
      await server.restart({ iis: { applicationPool: { recyclingMinutes: 1_740 } } })
      expect(await server.call('elapse', { minutes: 2 * DAY_MINUTES })).toInclude({ recycled: 1, starts: 2 })
      await server.restart({ iis: {} })
      expect(await server.call('elapse', { minutes: 7 * DAY_MINUTES })).toInclude({ recycled: 0, starts: 1 })
    },
  }),
  scenario({
    id: 'identity-manager/hosting/preloading',
    title: 'Without preloading the application, and with it the scheduler, starts with the first request',
    requirement: requirement.applicationPool,
    on: underIis,
    brokenBy: asService,
    async run({ server, expect }) {
      await server.restart({ iis: { preloadEnabled: false } })
      expect(await server.call('run-job', { job: 'Complete' })).toInclude({ started: false })
      expect(await server.probe('http', { url: `https://${server.fqdn}/hc` })).toSucceed()
      expect(await server.call('run-job', { job: 'Complete' })).toEqual({ started: true })
    },
  }),
]
