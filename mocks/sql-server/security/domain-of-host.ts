import type { ReferredComponent } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { WindowsAuthority } from '../../directory/authority.ts'
import { netbiosOf } from '../../directory/declaration.ts'

/** The domain that a host is a member of: each question goes to its controller, over the landscape's network. */
export function domainOfHost(host: ComponentHost, controller: ReferredComponent): WindowsAuthority {
  const { netbiosName } = controller.settings
  const netbios = typeof netbiosName === 'string' ? netbiosName.toUpperCase() : netbiosOf(host.domain)
  const port = controller.listens.find(({ id }) => id === 'netlogon')?.port ?? 0
  const names = { netbios, dns: host.domain }
  // The first Windows login needs the protocol, not the start.
  const controllerAsked = async (): Promise<WindowsAuthority> =>
    (await import('../../directory/pass-through/authority.ts')).passThroughAuthority({
      names,
      computer: host.account?.name ?? '',
      timeoutMs: host.patienceMs,
      connect: () => host.connect({ host: controller.fqdn, port }),
      unreachable: (reason) => host.journal('directory-unreachable', { controller: controller.host, port, reason }),
    })
  return {
    names,
    logon: async (logon) => (await controllerAsked()).logon(logon),
    lookup: async (name) => (await controllerAsked()).lookup(name),
    account: async (name) => (await controllerAsked()).account(name),
  }
}
