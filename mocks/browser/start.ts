import type { RunningComponent } from '../../harness/host/component.ts'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import type { browserActions } from './actions.ts'
import type { BrowserEngine } from './browser-engine.ts'
import { chooseEngine, type EngineChoice } from './engine-choice.ts'
import type { PageFacts } from './page.ts'
import type { BrowserSettings, BrowserStart } from './settings.ts'

/** Starts the browser component. The browser itself opens with its first page. */
export async function startBrowser({ host, settings }: BrowserStart): Promise<RunningComponent<typeof browserActions>> {
  const choice = chooseEngine(settings.engine, process.env)
  host.journal('engine', { engine: choice.engine, why: choice.why })
  const inTurn = turns()
  let browser: Promise<BrowserEngine> | undefined
  const opened = () => {
    browser ??= makeEngine(choice, host, settings)
    return browser
  }

  /** One call after the other: there is one page. */
  const call = <T>(work: (engine: BrowserEngine) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      host.signal.throwIfAborted()
      return work(await opened())
    })
  const page = (what: string, work: (engine: BrowserEngine) => Promise<PageFacts>): Promise<PageFacts> =>
    call(async (engine) => {
      const seen = await work(engine)
      tell(host, what, seen)
      return seen
    })
  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, host.signal])

  return {
    actions: {
      open: ({ url }, signal) => page('opened', (engine) => engine.open(url, until(signal))),
      click: (link, signal) => page('followed', (engine) => engine.click(definite(link), until(signal))),
      fill: ({ form, fields }) => call((engine) => engine.fill(form, fields)),
      submit: ({ form, button }, signal) => page('submitted', (engine) => engine.submit(form, button, until(signal))),
      'submit-form': ({ form, fields, button }, signal) =>
        page('submitted', async (engine) => {
          await engine.fill(form, fields)
          return engine.submit(form, button, until(signal))
        }),
      read: ({ until: text, waitMs }, signal) => call((engine) => engine.read(text, waitMs, until(signal))),
      fetch: (request, signal) =>
        call(async (engine) => {
          const answer = await engine.fetch(request, until(signal))
          const { status, error } = answer
          host.journal(answer.ok ? 'fetched' : 'fetch-refused', {
            url: withoutSecrets(request.url),
            ...(status === undefined ? {} : { status }),
            ...(error ? { net: error.net, text: error.text } : {}),
          })
          return answer
        }),
      cookies: () => call(async (engine) => ({ cookies: await engine.cookies() })),
      'set-windows-user': ({ as }) =>
        call(async (engine) => {
          await engine.setWindowsUser(as)
          host.journal('windows-user', { user: as?.user ?? null })
          return as === undefined ? {} : { user: as.user }
        }),
      clear: () =>
        call(async (engine) => {
          await engine.clear()
          return {}
        }),
      close: () =>
        call(async (engine) => {
          await engine.close()
          return {}
        }),
      status: () => call(async ({ engine, version, running }) => ({ engine, version, why: choice.why, running })),
    },
    async [Symbol.asyncDispose]() {
      // What is under way ends by the host's signal.
      await inTurn(async () => {
        const engine = await browser?.catch(() => undefined)
        await engine?.[Symbol.asyncDispose]()
      })
    },
  }
}

async function makeEngine(
  choice: EngineChoice,
  host: ComponentHost,
  settings: BrowserSettings,
): Promise<BrowserEngine> {
  if (choice.engine === 'chromium') {
    const { ChromiumBrowser } = await import('./chromium/chromium-browser.ts')
    return new ChromiumBrowser(host, settings, choice)
  }
  const { PlainBrowser } = await import('./plain/plain-browser.ts')
  return new PlainBrowser(host, settings, `Node.js ${process.versions.node}`)
}

function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    // The caller gets the failure; the one who comes next starts all the same.
    last = turn.catch(() => undefined)
    return turn
  }
}

function tell(host: ComponentHost, what: string, seen: PageFacts): void {
  const { engine, version, status, authenticated, error } = seen
  host.journal(error ? 'page-refused' : what, {
    engine,
    version,
    url: withoutSecrets(seen.url),
    ...(status === undefined ? {} : { status }),
    ...(authenticated === undefined ? {} : { authenticated }),
    ...(error ? { code: error.code, net: error.net, text: error.text } : {}),
  })
}

/** Queries carry codes and tokens. */
function withoutSecrets(written: string): string {
  const url = URL.parse(written)
  return url ? `${url.origin}${url.pathname}` : ''
}

const definite = ({ text, href }: { text?: string | undefined; href?: string | undefined }) => ({
  ...(text === undefined ? {} : { text }),
  ...(href === undefined ? {} : { href }),
})
