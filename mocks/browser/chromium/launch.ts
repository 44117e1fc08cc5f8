import type { BrowserContext } from 'playwright-core'
import { prepareProfile } from './profile.ts'

export interface LaunchOptions {
  readonly program: string
  /** HOME of the browser: its NSS database and its profile. */
  readonly home: string
  readonly rules: string
  readonly timeoutMs: number
}

/**
 * Starts Chromium without a window. Playwright's own switches keep it from updating itself and from talking to its makers; the
 * resolver's rules leave it nobody else to talk to. Nothing here touches how certificates are judged.
 */
export async function launchChromium({ program, home, rules, timeoutMs }: LaunchOptions): Promise<BrowserContext> {
  const { chromium } = await import('playwright-core')
  const profile = await prepareProfile(home)
  const root = process.getuid?.() === 0
  return chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    // Chromium refuses to build its sandbox as root.
    chromiumSandbox: !root,
    ignoreHTTPSErrors: false,
    acceptDownloads: false,
    serviceWorkers: 'block',
    timeout: timeoutMs,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    env: {
      ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
      HOME: home,
      TMPDIR: home,
      XDG_CONFIG_HOME: `${home}/.config`,
      XDG_CACHE_HOME: `${home}/.cache`,
      LANG: 'C.UTF-8',
    },
    args: [
      `--host-resolver-rules=${rules}`,
      '--no-proxy-server',
      '--disable-quic',
      '--no-pings',
      '--disable-domain-reliability',
      '--disable-client-side-phishing-detection',
      '--disable-sync',
    ],
  })
}
