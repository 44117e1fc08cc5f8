import type { HttpAnswer, HttpSession } from '../../../harness/clients/index.ts'
import { codeOf, messageOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { FetchAnswer, FetchRequest, FormFields } from '../actions.ts'
import type { BrowserEngine } from '../browser-engine.ts'
import { noPage, notOnPage } from '../not-on-page.ts'
import { type BrowserError, type PageFacts, pageLimits } from '../page.ts'
import type { BrowserSettings, WindowsUser } from '../settings.ts'
import { cookies } from './cookies.ts'
import { type Document, formFactsOf, formName, plainText, readDocument } from './document.ts'
import { checkFields, findForm, submission } from './filled-form.ts'
import { hstsMemory } from './hsts.ts'
import { browserErrorOf, ownError } from './net-error.ts'
import { pageFetch } from './page-fetch.ts'
import { type Request, TooManyRedirects, type Visitor, visit } from './visit.ts'

interface Shown {
  readonly facts: PageFacts
  readonly document: Document
  readonly filled: Map<string, FormFields>
}

/** A browser without scripts, on the host's own HTTP client: what it sees is what that client sees. */
export class PlainBrowser implements BrowserEngine {
  readonly engine = 'plain'
  readonly version: string
  readonly #host: ComponentHost
  readonly #settings: BrowserSettings
  readonly #cookies = cookies()
  readonly #hsts
  #windowsUser: WindowsUser | undefined
  #session: { readonly http: HttpSession; readonly trusted: string } | undefined
  #shown: Shown | undefined

  constructor(host: ComponentHost, settings: BrowserSettings, version: string) {
    this.#host = host
    this.#settings = settings
    this.version = version
    this.#windowsUser = settings.windowsUser
    this.#hsts = hstsMemory(() => host.now())
  }

  get running(): boolean {
    return this.#session !== undefined
  }

  open(url: string, signal: AbortSignal): Promise<PageFacts> {
    return this.#go({ url, method: 'GET' }, signal)
  }

  click({ text, href }: { readonly text?: string; readonly href?: string }, signal: AbortSignal): Promise<PageFacts> {
    const { document, facts } = this.#page()
    const target = href === undefined ? undefined : URL.parse(href, document.base)?.href
    const link = document.links.find(
      (one) => (text === undefined || one.text === text) && (!target || one.url === target),
    )
    if (!link) throw notOnPage(`the page has no link "${text ?? href ?? ''}"`)
    return this.#go({ url: link.url, method: 'GET', from: facts.url }, signal)
  }

  async fill(name: string | undefined, fields: FormFields): Promise<{ form: string; filled: string[] }> {
    const { document, filled } = this.#page()
    const form = findForm(document, name, Object.keys(fields))
    checkFields(document, form, Object.keys(fields))
    const key = String(document.forms.indexOf(form))
    filled.set(key, { ...filled.get(key), ...fields })
    return { form: formName(form), filled: Object.keys(fields) }
  }

  submit(name: string | undefined, button: string | undefined, signal: AbortSignal): Promise<PageFacts> {
    const { document, filled, facts } = this.#page()
    const last = [...filled.keys()].at(-1)
    const form = name === undefined && last !== undefined ? document.forms[Number(last)] : undefined
    const chosen = form ?? findForm(document, name, [])
    const key = String(document.forms.indexOf(chosen))
    const sent = submission(document, chosen, filled.get(key) ?? {}, button)
    const type = { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(facts.url).origin }
    return this.#go({ ...sent, from: facts.url, ...(sent.body === undefined ? {} : { headers: type }) }, signal)
  }

  async read(): Promise<PageFacts> {
    return this.#page().facts
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchAnswer> {
    return pageFetch(await this.#visitor(), this.#shown?.facts.url, request, signal)
  }

  cookies() {
    return this.#cookies.list()
  }

  async setWindowsUser(user: WindowsUser | undefined): Promise<void> {
    this.#windowsUser = user
    // What was proven before was proven for a connection.
    await this.close()
  }

  async clear(): Promise<void> {
    this.#shown = undefined
    this.#hsts.clear()
    await this.#cookies.clear()
    await this.close()
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    this.#shown = undefined
    await this.#cookies.endSession()
    await session?.http[Symbol.asyncDispose]()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #page(): Shown {
    if (!this.#shown) throw noPage()
    return this.#shown
  }

  /** Connections live on while the host trusts the same roots. */
  async #visitor(): Promise<Visitor> {
    const trusted = this.#host.trust.bundle()
    if (this.#session && this.#session.trusted !== trusted) {
      await this.#session.http[Symbol.asyncDispose]()
      this.#session = undefined
    }
    const { timeoutMs = this.#host.patienceMs, maxPageBytes: maxBytes, intranet = [this.#host.domain] } = this.#settings
    const trust = this.#settings.roots === 'own' ? 'nobody' : 'host'
    this.#session ??= { http: this.#host.clients.http.session({ timeoutMs, maxBytes, trust }), trusted }
    return {
      session: this.#session.http,
      cookies: this.#cookies,
      hsts: this.#hsts,
      windowsUser: this.#windowsUser,
      intranet,
      workstation: this.#host.name.toUpperCase(),
      now: () => this.#host.now(),
    }
  }

  async #go(request: Request, signal: AbortSignal): Promise<PageFacts> {
    const visitor = await this.#visitor()
    try {
      const { url, answer, redirects, authenticated } = await visit(visitor, request, signal)
      const document = isHtml(answer) ? readDocument(answer.text, url) : plainText(answer.text, url)
      const facts: PageFacts = {
        ...this.#identity,
        ok: true,
        url,
        status: answer.status,
        title: document.title,
        text: document.text,
        forms: document.forms.slice(0, pageLimits.forms).map((form) => formFactsOf(document, form)),
        links: document.links.slice(0, pageLimits.links).map(({ ...link }) => link),
        redirects: [...redirects],
        ...(authenticated === undefined ? {} : { authenticated }),
      }
      this.#shown = { facts, document, filled: new Map() }
      return facts
    } catch (error) {
      signal.throwIfAborted()
      if (codeOf(error) === undefined) throw error
      const seen = error instanceof TooManyRedirects ? ownError(error.code, messageOf(error)) : browserErrorOf(error)
      return this.#failed(request.url, seen)
    }
  }

  get #identity(): Pick<PageFacts, 'engine' | 'version'> {
    return { engine: this.engine, version: this.version }
  }

  #failed(url: string, error: BrowserError): PageFacts {
    this.#shown = undefined
    return { ...this.#identity, ok: false, url, title: '', text: '', forms: [], links: [], redirects: [], error }
  }
}

/** By its type; where it has none, by its first character (WHATWG MIME Sniffing, section 7.1, in short). */
function isHtml({ headers, text }: HttpAnswer): boolean {
  const type = [headers['content-type'] ?? ''].flat()[0] ?? ''
  return type === '' ? /^\s*</.test(text) : /^(text\/html|application\/xhtml\+xml)/i.test(type)
}
