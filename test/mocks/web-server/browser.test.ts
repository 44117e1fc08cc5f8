import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { missing } from '../../support/programs.ts'
import { withSite } from './web-server-site.ts'

const noChromium = missing('chromium')
const targets = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }))
const evaluated = z.object({ id: z.int(), result: z.object({ result: z.object({ value: z.unknown().optional() }) }) })

/** A page in a real browser, spoken to by the Chrome DevTools Protocol. */
interface Page extends AsyncDisposable {
  evaluate(expression: string): Promise<unknown>
}

async function openPage(url: string, resolving: string, profile: string): Promise<Page> {
  await using starting = new AsyncDisposableStack()
  const options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
  const browser = spawn(
    'chromium',
    [
      ...options,
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      `--host-resolver-rules=${resolving}`,
      '--ignore-certificate-errors',
      url,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  starting.defer(async () => {
    const ended = once(browser, 'exit')
    browser.kill('SIGKILL')
    await ended
  })
  const started = Promise.withResolvers<URL>()
  // Read to the end: a browser whose pipe is full stands still.
  createInterface({ input: browser.stderr }).on('line', (line) => {
    const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (found !== undefined) started.resolve(new URL(found))
  })
  browser.once('exit', () => started.reject(new Error('chromium did not start')))
  const endpoint = await started.promise
  const listed = await fetch(`http://${endpoint.host}/json/list`)
  const page = targets.parse(await listed.json()).find(({ type }) => type === 'page')
  const socket = new WebSocket(page?.webSocketDebuggerUrl ?? '')
  starting.defer(() => socket.terminate())
  await once(socket, 'open')
  const owned = starting.move()
  let lastId = 0
  return {
    async evaluate(expression) {
      lastId += 1
      const id = lastId
      const answer = Promise.withResolvers<unknown>()
      const listen = (data: unknown) => {
        const parsed = evaluated.safeParse(JSON.parse(String(data)))
        if (!parsed.success || parsed.data.id !== id) return
        socket.off('message', listen)
        answer.resolve(parsed.data.result.result.value)
      }
      socket.on('message', listen)
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }))
      return answer.promise
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

test.skipIf(noChromium)(
  `chromium logs in to the Web Application, sees secrets, and is connected in real time${noChromium ?? ''}`,
  () =>
    withSite({}, async ({ doubles, web }) => {
      const { address, port } = web.endpoint('https')
      const profile = join(doubles.landscape.folder, 'chromium')
      const url = `https://web1.corp.example:${port}/`
      await using page = await openPage(url, `MAP web1.corp.example ${address}`, profile)
      const waitFor = (expression: string) => expect.poll(() => page.evaluate(expression), { timeout: 15_000 })
      await waitFor('document.forms.login !== undefined && document.readyState').toBe('complete')
      await page.evaluate(`
        document.forms.login.user.value = 'alice'
        document.forms.login.password.value = 'Alice-2026!'
        document.forms.login.requestSubmit()`)
      await waitFor(`document.getElementById('secrets').innerText`).toContain('Core router')
      await waitFor(`document.getElementById('realtime').innerText`).toBe('connected to app1')
      await page.evaluate(`document.querySelector('#secrets button').click()`)
      await waitFor(`document.getElementById('secrets').innerText`).toContain('Rou-ter-42')
      expect(await page.evaluate(`document.getElementById('message').innerText`)).toBe('')
      await expect.poll(() => web.call('statistics')).toMatchObject({ openWebSockets: 1 })
    }),
  60_000,
)
