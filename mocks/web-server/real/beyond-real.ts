import type { WebServerStart } from '../references.ts'

const CLOCK_TOLERANCE_MS = 1_000

/** Why a real program could not show what a landscape asks for, so that the simulated one is taken; undefined where it can. */
export function beyondReal({ host, settings }: Pick<WebServerStart, 'host' | 'settings'>): string | undefined {
  if (Math.abs(host.now().getTime() - Date.now()) > CLOCK_TOLERANCE_MS) {
    return 'simulated, because a real program would go by this machine’s clock and not by its host’s'
  }
  if (settings.kind === 'apache' && !settings.modules.proxy_wstunnel) {
    return 'simulated, because a real Apache since 2.4.47 passes WebSockets on without mod_proxy_wstunnel'
  }
  return undefined
}
