import type { BrowserContext, Page, Response } from 'playwright-core'
import type { WindowsUser } from '../settings.ts'
import { answerWindowsLogins } from './windows-login.ts'

/** A page, and what has been noted of it since its last navigation began. */
export interface OpenedPage {
  readonly page: Page
  /** Errors that its scripts met. */
  readonly scriptErrors: string[]
  authenticated: string | undefined
  /** The last answer for the page itself, also one that Chromium shows an error page for. */
  answer: Response | undefined
}

const MAX_CONSOLE_LINES = 50

export async function openPage(
  context: BrowserContext,
  windowsUser: WindowsUser | undefined,
  intranet: readonly string[],
): Promise<OpenedPage> {
  const page = await context.newPage()
  const opened: OpenedPage = { page, scriptErrors: [], authenticated: undefined, answer: undefined }
  page.on('console', (message) => {
    if (message.type() === 'error' && opened.scriptErrors.length < MAX_CONSOLE_LINES)
      opened.scriptErrors.push(message.text())
  })
  page.on('response', (answer) => {
    if (answer.request().isNavigationRequest() && answer.frame() === page.mainFrame()) opened.answer = answer
  })
  await answerWindowsLogins(context, page, windowsUser, intranet, (scheme) => {
    opened.authenticated = scheme
  })
  return opened
}
