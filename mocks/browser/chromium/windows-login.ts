import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { isIntranet } from '../intranet.ts'
import type { WindowsUser } from '../settings.ts'

/**
 * Gives the Windows user's name and password to Chromium's own NTLM, for sites of the intranet alone: the place of the
 * single sign-on that Chromium has on Windows only. All else gets the refusal's page, as
 * after "Cancel" in the window that Chromium would show.
 */
export async function answerWindowsLogins(
  context: BrowserContext,
  page: Page,
  user: WindowsUser | undefined,
  intranet: readonly string[],
  proven: (scheme: string) => void,
): Promise<CDPSession> {
  const session = await context.newCDPSession(page)
  const given = new Set<string>()
  // A page that closes takes its requests with it; what is then answered is too late, and no matter.
  const tooLate = () => {}
  session.on('Fetch.authRequired', ({ requestId, authChallenge }) => {
    const { origin, scheme } = authChallenge
    const integrated = user && /^(ntlm|negotiate)$/i.test(scheme) && isIntranet(new URL(origin).hostname, intranet)
    // The same proof is not offered twice to one request: it has been refused.
    const gives = integrated && authChallenge.source !== 'Proxy' && !given.has(requestId)
    if (gives) {
      given.add(requestId)
      proven(scheme.toLowerCase() === 'ntlm' ? 'NTLM' : 'Negotiate')
    }
    session
      .send('Fetch.continueWithAuth', {
        requestId,
        authChallengeResponse: gives
          ? { response: 'ProvideCredentials', username: user.user, password: user.password }
          : { response: 'CancelAuth' },
      })
      .catch(tooLate)
  })
  session.on('Fetch.requestPaused', ({ requestId }) => {
    session.send('Fetch.continueRequest', { requestId }).catch(tooLate)
  })
  await session.send('Fetch.enable', { handleAuthRequests: true })
  return session
}
