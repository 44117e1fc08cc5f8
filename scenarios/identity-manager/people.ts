import type { Role, ScenarioTools } from '../../harness/scenario/index.ts'
import { addressOf } from './address.ts'

type Browser = Role<'browser'>
type Server = Role<'identity-manager/server'>

/** The users in the server's store, unless its landscape names others; the domain has accounts of the same names. */
export const people = {
  alice: { login: 'alice', password: 'Alice-2026!', displayName: 'Alice Arnold' },
  bob: { login: 'bob', password: 'Bob-2026!', displayName: 'Bob Berger' },
  carol: { login: 'carol', password: 'Carol-2026!', displayName: 'Carol Chen' },
} as const

export type Person = keyof typeof people

/** A browser that forgets everything when the case ends. */
export function fresh(browser: Browser, { defer }: Pick<ScenarioTools, 'defer'>): Browser {
  defer(() => browser.call('clear', {}))
  return browser
}

/** Opens the start page, and fills in the login form that comes instead of it. */
export async function logIn(
  browser: Browser,
  server: Server,
  person: Person,
  password: string = people[person].password,
) {
  await browser.call('open', { url: `https://${addressOf(server)}/` })
  const fields = { Username: people[person].login, Password: password }
  return browser.call('submit-form', { fields })
}

/** Makes someone the Windows user of a browser's computer until the case ends. */
export async function windowsUser(
  browser: Browser,
  { defer }: Pick<ScenarioTools, 'defer'>,
  as: { readonly user: string; readonly password: string },
): Promise<void> {
  defer(() => browser.call('set-windows-user', {}))
  await browser.call('set-windows-user', { as })
}
