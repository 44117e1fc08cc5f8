import { startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { type Ended, run } from '../../support/programs.ts'

export interface DnsLab extends AsyncDisposable {
  readonly lab: RunningLandscape
  /** Where a host finds the DNS server. */
  at(host: string): { readonly address: string; readonly port: number }
  /** As a host sees another. */
  addressOf(from: string, to: string): Promise<string>
  /** Asks as a host would. */
  dig(host: string, ...question: readonly string[]): Promise<Ended>
  call(action: string, input?: Record<string, unknown>): Promise<unknown>
}

/** An identity server with an alias, a licence server outside of the domain, an agent, and the DNS server. */
export async function dnsLab(settings: Record<string, unknown> = {}): Promise<DnsLab> {
  const lab = await startLandscape({
    landscape: 'names',
    hosts: {
      // Settings are checked by the kind's own schema.
      dns1: { runs: { 'dns-server': settings as never } },
      im1: { aliases: ['identity'], runs: { 'smtp-server': {} } },
      license1: { aliases: ['license.passwordsafe.de'] },
      agent1: {},
    },
  })
  const at = (host: string) => {
    const found = lab.endpoints(host).find(({ to, protocol }) => to === 'dns1' && protocol === 'udp')
    if (!found) throw new Error(`${host} does not reach the DNS server`)
    return { address: found.address, port: found.seenPort }
  }
  return {
    lab,
    at,
    async addressOf(from, to) {
      return (await lab.host(from).names()).get(to) ?? ''
    },
    dig(host, ...question) {
      const { address, port } = at(host)
      return run('dig', [`@${address}`, '-p', String(port), '+tries=1', '+time=2', ...question])
    },
    call: (action, input = {}) => lab.host('dns1').call('dns-server', action, input as never),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}
