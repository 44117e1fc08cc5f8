import { mkdir, rm } from 'node:fs/promises'
import type { BrowserContext } from 'playwright-core'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { BrowserSettings } from '../settings.ts'
import { launchChromium } from './launch.ts'
import { writeNssDatabase } from './nss-database.ts'
import { resolverRules } from './resolver-rules.ts'

interface Running {
  readonly context: BrowserContext
  readonly rules: string
  readonly trusted: string
}

const START_TIMEOUT_MS = 30_000

/** One Chromium with a home of its own below the host's files, started when it is first needed. */
export class ChromiumProcess implements AsyncDisposable {
  readonly #host: ComponentHost
  readonly #programs: { readonly chromium: string; readonly certutil: string }
  readonly #roots: () => readonly string[]
  readonly #home: string
  readonly #asked: URL[] = []
  #running: Running | undefined
  #version = 'Chromium'

  constructor(
    host: ComponentHost,
    roots: BrowserSettings['roots'],
    programs: { readonly chromium: string; readonly certutil: string },
  ) {
    this.#host = host
    this.#roots = () => (roots === 'own' ? [] : host.trust.pem)
    this.#programs = programs
    this.#home = host.files.path('browser', 'home')
  }

  get version(): string {
    return this.#version
  }

  get context(): BrowserContext | undefined {
    return this.#running?.context
  }

  /**
   * Chromium as the host is now, able to ask for `url`. It reads its rules and its roots at start, so it is started again, cookies
   * carried over, when the resolver or the trust store has come to say something else.
   */
  async ready(url: string, signal: AbortSignal): Promise<BrowserContext> {
    this.#remember(new URL(url))
    const rules = await resolverRules(this.#host, this.#asked)
    const roots = this.#roots()
    const trusted = roots.join('')
    const current = this.#running
    const alive = current?.context.browser()?.isConnected() !== false
    if (current && alive && current.rules === rules && current.trusted === trusted) return current.context
    const cookies = current && alive ? await current.context.cookies() : []
    await this.close()
    signal.throwIfAborted()
    await mkdir(this.#home, { recursive: true, mode: 0o700 })
    await writeNssDatabase(this.#programs.certutil, this.#home, roots, signal)
    const { chromium: program } = this.#programs
    const context = await launchChromium({ program, home: this.#home, rules, timeoutMs: START_TIMEOUT_MS })
    this.#running = { context, rules, trusted }
    this.#version = `Chromium ${context.browser()?.version() ?? ''}`.trim()
    await context.addCookies(cookies)
    return context
  }

  async close(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.context.close()
  }

  /** Closes it, and leaves nothing of its home. */
  async clear(): Promise<void> {
    await this.close()
    await rm(this.#home, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.clear()
  }

  /** Names and ports that were asked for become rules. */
  #remember(url: URL): void {
    if (!this.#asked.some(({ origin }) => origin === url.origin)) this.#asked.push(url)
  }
}
