import type { CookieFacts, FetchAnswer, FetchRequest, FormFields } from './actions.ts'
import type { PageFacts } from './page.ts'
import type { WindowsUser } from './settings.ts'

/** One browser with one page, whatever stands behind it. Calls do not overlap. */
export interface BrowserEngine extends AsyncDisposable {
  readonly engine: 'chromium' | 'plain'
  readonly version: string
  readonly running: boolean
  open(url: string, signal: AbortSignal): Promise<PageFacts>
  click(link: { readonly text?: string; readonly href?: string }, signal: AbortSignal): Promise<PageFacts>
  fill(form: string | undefined, fields: FormFields): Promise<{ form: string; filled: string[] }>
  submit(form: string | undefined, button: string | undefined, signal: AbortSignal): Promise<PageFacts>
  read(until: string | undefined, waitMs: number, signal: AbortSignal): Promise<PageFacts>
  fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchAnswer>
  cookies(): Promise<CookieFacts[]>
  /** Nobody: the sites of the intranet learn nothing. */
  setWindowsUser(user: WindowsUser | undefined): Promise<void>
  clear(): Promise<void>
  close(): Promise<void>
}
