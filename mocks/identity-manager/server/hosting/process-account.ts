import type { ServerSettings } from '../settings.ts'

/** Who the process runs as, on its own computer and to others. */
export interface ProcessAccount {
  readonly local: string
  /** The built-in identity is nobody elsewhere: other hosts see the computer. */
  readonly atOtherHosts: string
  readonly isComputer: boolean
}

const NETBIOS_NAME_LENGTH = 15

/** The domain's NetBIOS name as `directory` has it by default: the first label of the DNS domain. */
export const netbiosNameOf = (fqdn: string): string =>
  (fqdn.split('.')[1] ?? '').slice(0, NETBIOS_NAME_LENGTH).toUpperCase()

export function processAccount(
  { hosting, iis, serviceAccount, workingDirectory }: ServerSettings,
  { name, fqdn }: { readonly name: string; readonly fqdn: string },
): ProcessAccount {
  if (hosting === 'iis' && iis.applicationPool.identityType === 'ApplicationPoolIdentity') {
    const computer = `${netbiosNameOf(fqdn)}\\${name.slice(0, NETBIOS_NAME_LENGTH).toUpperCase()}$`
    return { local: `IIS APPPOOL\\${workingDirectory.split('/').at(-1)}`, atOtherHosts: computer, isComputer: true }
  }
  return { local: serviceAccount.name, atOtherHosts: serviceAccount.name, isComputer: false }
}
