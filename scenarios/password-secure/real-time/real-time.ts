import { type AnyScenario, type Role, type ScenarioTools, scenario } from '../../../harness/scenario/index.ts'
import { logIn, type Person } from '../people.ts'
import { requirement } from '../requirement.ts'

const client = 'password-secure/client'
const twoClients = {
  writer: { kind: client, first: true },
  reader: { kind: client, otherThan: 'writer' },
  app: { kind: 'password-secure/app-server', via: 'writer.server' },
} as const

type Tools = Pick<ScenarioTools, 'expect' | 'defer'>

/** Logs a person in, opens the real-time connection, and tells the last update that it already has. */
async function listening(role: Role<'password-secure/client'>, person: Person, tools: Tools): Promise<number> {
  await logIn(role, person, tools)
  tools.expect(await role.call('connect-real-time', {}), `real time at ${role.host}`).toInclude({ ok: true })
  const { updates } = await role.call('updates', {})
  return updates.at(-1)?.sequence ?? 0
}

export const realTime: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/real-time/change-reaches-the-other-client',
    title: 'A change at one client is pushed to the other, without being asked for',
    requirement: requirement.clientRealTimeOutgoing,
    on: twoClients,
    brokenBy: { fault: 'reject', from: 'reader', to: 'app', port: 11_018 },
    async run({ writer, reader, expect, defer, step }) {
      const afterSequence = await step('bob listens', () => listening(reader, 'bob', { expect, defer }))
      await logIn(writer, 'alice', { expect, defer })
      await step('alice changes what bob may read', async () => {
        const changed = await writer.call('change-secret', { name: 'Intranet', password: 'Intra-Net-77' })
        expect(changed).toInclude({ ok: true })
      })
      const { complete, updates } = await reader.call('updates', { afterSequence, waitFor: 1 })
      expect(complete, 'bob is told').toEqual(true)
      expect(updates[0]).toInclude({ type: 'secret-changed', name: 'Intranet', by: 'alice' })
    },
  }),
  scenario({
    id: 'password-secure/real-time/change-crosses-application-servers',
    title: 'A change made through one application server reaches the clients of another',
    requirement: requirement.severalServers,
    on: {
      writer: client,
      first: { kind: 'password-secure/app-server', via: 'writer.server' },
      reader: { kind: client, otherThan: 'writer' },
      serving: { kind: 'password-secure/app-server', via: 'reader.server', otherThan: 'first' },
    },
    brokenBy: { fault: 'reject', from: 'reader', to: 'serving', port: 11_018 },
    async run({ writer, reader, expect, defer }) {
      const afterSequence = await listening(reader, 'bob', { expect, defer })
      await logIn(writer, 'alice', { expect, defer })
      expect(await writer.call('change-secret', { name: 'Core router', password: 'Rou-ter-42' })).toInclude({
        ok: true,
      })
      const { complete, updates } = await reader.call('updates', { afterSequence, waitFor: 1 })
      expect(complete, 'bob is told').toEqual(true)
      expect(updates[0]).toInclude({ name: 'Core router', by: 'alice' })
    },
  }),
  scenario({
    id: 'password-secure/real-time/nobody-hears-of-what-he-may-not-read',
    title: 'A change of a secret is not told to a user who may not read it',
    requirement: requirement.permissions,
    on: twoClients,
    brokenBy: { call: 'app', action: 'grant', input: { secret: 'Bank account', to: 'bob', right: 'read' } },
    async run({ writer, reader, expect, defer }) {
      const afterSequence = await listening(reader, 'bob', { expect, defer })
      await logIn(writer, 'alice', { expect, defer })
      // The second change is one that bob may see: when it has come, the first would have come before it.
      for (const [name, password] of [
        ['Bank account', 'B4nk-Acc0unt'],
        ['Intranet', 'Intra-Net-77'],
      ] as const) {
        expect(await writer.call('change-secret', { name, password })).toInclude({ ok: true })
      }
      const { updates } = await reader.call('updates', { afterSequence, waitFor: 1 })
      expect(updates.map(({ name }) => name)).toEqual(['Intranet'])
    },
  }),
  scenario({
    id: 'password-secure/real-time/created-secret-is-announced-to-its-owner',
    title: 'A secret made at one of a user’s clients appears at the other',
    requirement: requirement.realTimeIncoming,
    on: twoClients,
    brokenBy: { fault: 'stall', from: 'reader', to: 'app', port: 11_018 },
    async run({ writer, reader, expect, defer }) {
      const afterSequence = await listening(reader, 'alice', { expect, defer })
      await logIn(writer, 'alice', { expect, defer })
      const name = `Made at ${writer.host} ${Date.now()}`
      expect(await writer.call('create-secret', { name, password: 'New-1' })).toInclude({ ok: true })
      const { complete, updates } = await reader.call('updates', { afterSequence, waitFor: 1 })
      expect(complete, 'alice is told').toEqual(true)
      expect(updates[0]).toInclude({ type: 'secret-created', name })
    },
  }),
]
