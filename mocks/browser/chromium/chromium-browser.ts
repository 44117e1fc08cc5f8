import type { Response } from 'playwright-core'
import { messageOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { CookieFacts, FetchAnswer, FetchRequest, FormFields } from '../actions.ts'
import type { BrowserEngine } from '../browser-engine.ts'
import type { EngineChoice } from '../engine-choice.ts'
import { noPage, notOnPage } from '../not-on-page.ts'
import type { PageFacts } from '../page.ts'
import type { BrowserSettings, WindowsUser } from '../settings.ts'
import { ChromiumProcess } from './chromium-process.ts'
import { cookieFactsOf } from './cookie-facts.ts'
import { fillForm, formOn } from './fill-form.ts'
import { chromiumErrorOf, fetchErrorOf } from './net-error.ts'
import { type OpenedPage, openPage } from './opened-page.ts'
import { pageFactsOf, seenOn } from './page-facts.ts'
import { fetched, fetchScript, submitScript, submitted } from './page-script.ts'

const PAGE_TIMEOUT_MS = 15_000
const EMPTY_ANSWER = 'ERR_HTTP_RESPONSE_CODE_FAILURE'

/** Chromium with one page. */
export class ChromiumBrowser implements BrowserEngine {
  readonly engine = 'chromium'
  readonly #process: ChromiumProcess
  readonly #waiting: { readonly timeout: number; readonly waitUntil: 'load' }
  readonly #intranet: readonly string[]
  #windowsUser: WindowsUser | undefined
  /** None after a page that did not come: Chromium's own page about it is left at once. */
  #opened: OpenedPage | undefined
  #lastForm: number | undefined

  constructor(
    host: ComponentHost,
    settings: BrowserSettings,
    choice: Extract<EngineChoice, { readonly engine: 'chromium' }>,
  ) {
    this.#process = new ChromiumProcess(host, settings.roots, choice)
    this.#waiting = { timeout: settings.timeoutMs ?? PAGE_TIMEOUT_MS, waitUntil: 'load' }
    this.#intranet = settings.intranet ?? [host.domain]
    this.#windowsUser = settings.windowsUser
  }

  get version(): string {
    return this.#process.version
  }

  get running(): boolean {
    return this.#process.context !== undefined
  }

  async open(url: string, signal: AbortSignal): Promise<PageFacts> {
    const opened = await this.#pageFor(url, signal)
    return this.#navigate(opened, url, signal, () => opened.page.goto(url, this.#waiting))
  }

  async click(link: { readonly text?: string; readonly href?: string }, signal: AbortSignal): Promise<PageFacts> {
    const opened = this.#current()
    const { page } = opened
    const { links } = await seenOn(page)
    const href = link.href === undefined ? undefined : URL.parse(link.href, page.url())?.href
    const index = links.findIndex(
      (one) => (link.text === undefined || one.text === link.text) && (!href || one.url === href),
    )
    const target = links[index]
    if (!target) throw notOnPage(`the page has no link "${link.text ?? link.href ?? ''}"`)
    return this.#navigate(opened, target.url, signal, async () => {
      const [answer] = await Promise.all([
        page.waitForNavigation(this.#waiting),
        page.evaluate(`[...document.links].filter((one) => /^https?:$/.test(one.protocol))[${index}].click()`),
      ])
      return answer
    })
  }

  async fill(name: string | undefined, fields: FormFields): Promise<{ form: string; filled: string[] }> {
    const { page } = this.#current()
    const index = await formOn(page, name, Object.keys(fields))
    const form = await fillForm(page, index, fields, this.#waiting.timeout)
    this.#lastForm = index
    return { form, filled: Object.keys(fields) }
  }

  async submit(name: string | undefined, button: string | undefined, signal: AbortSignal): Promise<PageFacts> {
    const opened = this.#current()
    const { page, answer: before } = opened
    const index = name === undefined && this.#lastForm !== undefined ? this.#lastForm : await formOn(page, name, [])
    return this.#navigate(opened, page.url(), signal, async () => {
      const arrived = page.waitForNavigation(this.#waiting)
      const sent = arrived.then(() => 'sent')
      const outcome = submitted.parse(await Promise.race([page.evaluate(submitScript(index, button)), sent]))
      if (outcome === 'sent') return arrived
      // No page follows: nobody waits for it any more.
      sent.catch(() => undefined)
      if (outcome === 'no-button') throw notOnPage(`the form has no button "${button ?? ''}"`)
      return before ?? null
    })
  }

  async read(until: string | undefined, waitMs: number, signal: AbortSignal): Promise<PageFacts> {
    const opened = this.#current()
    if (until !== undefined) {
      const there = `document.body?.innerText.includes(${JSON.stringify(until)})`
      const waiting = opened.page.waitForFunction(there, undefined, { timeout: waitMs })
      // The page is shown as it is when the time is over.
      await this.#unlessAborted(
        waiting.catch(() => undefined),
        signal,
      )
    }
    return pageFactsOf(this, opened)
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchAnswer> {
    const from = this.#opened?.page.url()
    const opened = await this.#pageFor(request.url, signal)
    const { page, scriptErrors } = opened
    // A Chromium that was started anew for this has to stand in the page that asks.
    if (from !== undefined && page.url() !== from) await page.goto(from, this.#waiting)
    scriptErrors.length = 0
    const origin = String(await page.evaluate('String(origin)'))
    const script = fetchScript({ ...request, timeoutMs: this.#waiting.timeout })
    const answer = fetched.parse(await this.#unlessAborted(page.evaluate(script), signal))
    return 'error' in answer
      ? { ok: false, origin, error: fetchErrorOf(answer.error, scriptErrors) }
      : { ok: true, origin, ...answer }
  }

  async cookies(): Promise<CookieFacts[]> {
    return ((await this.#process.context?.cookies()) ?? []).map(cookieFactsOf)
  }

  async setWindowsUser(user: WindowsUser | undefined): Promise<void> {
    this.#windowsUser = user
    await this.close()
  }

  async clear(): Promise<void> {
    this.#forget()
    await this.#process.clear()
  }

  async close(): Promise<void> {
    this.#forget()
    await this.#process.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.clear()
  }

  #forget(): void {
    this.#opened = undefined
    this.#lastForm = undefined
  }

  #current(): OpenedPage {
    if (!this.#opened || !/^https?:/.test(this.#opened.page.url())) throw noPage()
    return this.#opened
  }

  async #pageFor(url: string, signal: AbortSignal): Promise<OpenedPage> {
    const context = await this.#process.ready(url, signal)
    if (this.#opened?.page.context() !== context) this.#forget()
    this.#opened ??= await openPage(context, this.#windowsUser, this.#intranet)
    return this.#opened
  }

  async #navigate(
    opened: OpenedPage,
    url: string,
    signal: AbortSignal,
    go: () => Promise<Response | null>,
  ): Promise<PageFacts> {
    opened.authenticated = undefined
    opened.answer = undefined
    this.#lastForm = undefined
    try {
      opened.answer = (await this.#unlessAborted(go(), signal)) ?? opened.answer
      return await pageFactsOf(this, opened)
    } catch (error) {
      signal.throwIfAborted()
      const seen = chromiumErrorOf(messageOf(error))
      if (!seen) throw error
      const status = opened.answer?.status()
      this.#forget()
      await opened.page.close()
      const { engine, version }: Pick<PageFacts, 'engine' | 'version'> = this
      const nothing = { title: '', text: '', forms: [], links: [], redirects: [] }
      const shown = { engine, version, url, ...(status === undefined ? {} : { status }), ...nothing }
      // An answer came; Chromium has a page of its own for one without a body.
      return seen.code === EMPTY_ANSWER ? { ...shown, ok: true } : { ...shown, ok: false, error: seen }
    }
  }

  /** Whoever stops waiting closes the browser: what it does meanwhile is worth nothing. */
  async #unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([work, aborted.promise])
    } catch (error) {
      if (signal.aborted) await this.close()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      work.catch(() => undefined)
    }
  }
}
