import { HarnessError } from '../../harness/context/error.ts'
import { findProgram } from '../../harness/context/find-program.ts'
import type { BrowserSettings } from './settings.ts'

export type EngineChoice =
  | { readonly engine: 'plain'; readonly why: string }
  | { readonly engine: 'chromium'; readonly why: string; readonly chromium: string; readonly certutil: string }

/** Debian's name first; the others are those of other distributions and of Google's own packages. */
const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome']

/** Which browser this is to be, and why: `auto` is the plain one unless the environment asks for Chromium. */
export function chooseEngine(
  engine: BrowserSettings['engine'],
  environment: { readonly LANDSCAPE_BROWSER?: string | undefined; readonly PATH?: string | undefined },
): EngineChoice {
  if (engine === 'plain') return { engine, why: 'the setting says so' }
  const asked = environment.LANDSCAPE_BROWSER === 'chromium'
  if (engine === 'auto' && !asked) return { engine: 'plain', why: 'nobody asked for Chromium' }
  const chromium = findProgram(chromiumNames, environment.PATH)
  const certutil = findProgram(['certutil'], environment.PATH)
  if (process.platform === 'linux' && chromium !== undefined && certutil !== undefined) {
    const why = engine === 'chromium' ? 'the setting says so' : 'LANDSCAPE_BROWSER asks for it'
    return { engine: 'chromium', why, chromium, certutil }
  }
  const lacking =
    process.platform !== 'linux'
      ? 'Chromium is driven on Linux only: elsewhere it trusts what the machine trusts'
      : `${chromium === undefined ? 'chromium' : 'certutil (libnss3-tools)'} is not installed`
  if (engine === 'auto') return { engine: 'plain', why: lacking }
  throw new HarnessError('platform-unsupported', `${lacking}; set the browser’s engine to auto or plain`)
}
