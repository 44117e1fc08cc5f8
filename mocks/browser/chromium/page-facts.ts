import type { Page, Response } from 'playwright-core'
import { type PageFacts, pageLimits } from '../page.ts'
import type { OpenedPage } from './opened-page.ts'
import { READ_PAGE, seenOnPage } from './page-script.ts'

type Identity = Pick<PageFacts, 'engine' | 'version'>

/** What stands on a page, read by a script in it. */
export const seenOn = async (page: Page) => seenOnPage.parse(await page.evaluate(READ_PAGE))

export async function pageFactsOf(
  { engine, version }: Identity,
  { page, answer, authenticated }: OpenedPage,
): Promise<PageFacts> {
  const [title, seen] = await Promise.all([page.title(), seenOn(page)])
  return {
    engine,
    version,
    ok: true,
    url: page.url(),
    ...(answer ? { status: answer.status() } : {}),
    title: title.slice(0, pageLimits.nameCharacters),
    ...seen,
    redirects: redirectsBefore(answer),
    ...(authenticated === undefined ? {} : { authenticated }),
  }
}

function redirectsBefore(answer: Response | undefined): string[] {
  const redirects: string[] = []
  for (let request = answer?.request().redirectedFrom(); request; request = request.redirectedFrom()) {
    const { origin, pathname } = new URL(request.url())
    redirects.unshift(`${origin}${pathname}`)
  }
  return redirects
}
