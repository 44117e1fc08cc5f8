import type { Role, ScenarioTools } from '../../harness/scenario/index.ts'

type Client = Role<'password-secure/client'>

/** The users that an application server is set up with, unless its landscape names others. */
export const people = {
  alice: { user: 'alice', password: 'Alice-2026!' },
  bob: { user: 'bob', password: 'Bob-2026!' },
  carol: { user: 'carol', password: 'Carol-2026!' },
  dave: { user: 'dave', password: 'Dave-2026!' },
} as const

export type Person = keyof typeof people

/** Logs a person in on 11011 for the length of the case. */
export async function logIn(
  client: Client,
  person: Person,
  { expect, defer }: Pick<ScenarioTools, 'expect' | 'defer'>,
) {
  defer(() => client.call('logout', {}))
  const answer = await client.call('login', people[person])
  expect(answer, `${person} logs in from ${client.host}`).toInclude({ ok: true, user: person })
}

/** The names of what a person sees on 11011. */
export async function seenBy(client: Client, { expect }: Pick<ScenarioTools, 'expect'>): Promise<readonly string[]> {
  const answer = await client.call('list-secrets', {})
  expect(answer, 'the list of secrets').toInclude({ ok: true })
  return answer.ok ? answer.secrets.map(({ name }) => name) : []
}
