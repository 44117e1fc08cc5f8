import type { ReferredComponent } from '../../../../harness/host/component.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { WindowsAuthority } from '../../../directory/authority.ts'
import { netbiosOf } from '../../../directory/declaration.ts'

/** The domain that the server's computer is a member of: each logon goes to its controller, over the landscape's network. */
export function windowsAuthority(host: ComponentHost, controller: ReferredComponent): WindowsAuthority {
  const { netbiosName } = controller.settings
  const netbios = typeof netbiosName === 'string' ? netbiosName.toUpperCase() : netbiosOf(host.domain)
  const port = controller.listens.find(({ id }) => id === 'netlogon')?.port ?? 0
  const names = { netbios, dns: host.domain }
  let asked: Promise<WindowsAuthority> | undefined
  // The first Windows login needs the protocol, not the start.
  const authority = (): Promise<WindowsAuthority> => {
    asked ??= import('../../../directory/pass-through/authority.ts').then(({ passThroughAuthority }) =>
      passThroughAuthority({
        names,
        computer: host.account?.name ?? '',
        timeoutMs: host.patienceMs,
        connect: () => host.connect({ host: controller.fqdn, port }),
        unreachable: (reason) => host.journal('directory-unreachable', { controller: controller.host, port, reason }),
      }),
    )
    return asked
  }
  return {
    names,
    logon: async (logon) => (await authority()).logon(logon),
    lookup: async (name) => (await authority()).lookup(name),
    account: async (name) => (await authority()).account(name),
  }
}
