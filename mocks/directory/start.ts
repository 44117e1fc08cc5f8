import type { ComponentStart, RunningComponent } from '../../harness/host/component.ts'
import type { directoryActions } from './actions.ts'
import { Domain } from './domain.ts'
import { passThroughServer } from './pass-through/server.ts'
import type { directorySettings } from './settings.ts'

type Start = ComponentStart<typeof directorySettings, Record<never, never>>

/** The landscape's domain on a host; every host of the landscape is a member and has its computer account. */
export async function startDirectory({ host, settings }: Start): Promise<RunningComponent<typeof directoryActions>> {
  const { netbiosName, accounts, groups, ntlmV1, lockoutThreshold } = settings
  const computers = host.computerAccounts.map(({ name, password }) => ({ name, password }))
  const domain = new Domain({
    dns: host.domain,
    netbios: netbiosName?.toUpperCase(),
    accounts: [...computers, ...accounts],
    ...{ groups, ntlmV1, lockoutThreshold },
  })
  const server = passThroughServer({
    domain,
    idleTimeoutMs: host.patienceMs,
    callerOf: (socket) => host.callerOf(socket),
    journal: (type, facts) => host.journal(type, facts),
  })
  await host.listen('netlogon', server)
  const ok = { ok: true } as const
  return {
    actions: {
      'set-account': (account) => {
        domain.setAccount(account)
        return ok
      },
      'change-account': ({ name, ...change }) => ({ changed: domain.changeAccount(name, definedOf(change)) }),
      'remove-account': ({ name }) => {
        domain.removeAccount(name)
        return ok
      },
      'join-group': ({ group, member }) => {
        domain.joinGroup(group, member)
        return ok
      },
      'leave-group': ({ group, member }) => {
        domain.leaveGroup(group, member)
        return ok
      },
      accounts: () => ({ accounts: domain.accounts().map((account) => ({ ...account, groups: [...account.groups] })) }),
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** zod gives absent optional keys and undefined ones alike. */
const definedOf = <T extends object>(change: T): Defined<T> =>
  // Only keys with values are left, which is what the type says.
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Defined<T>
