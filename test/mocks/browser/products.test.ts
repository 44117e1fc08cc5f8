/** Real Chromium in front of both products: what end users see. */
import { expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'
import { missing } from '../../support/programs.ts'

const noChromium = process.platform === 'linux' ? missing('chromium', 'certutil') : ' (skipped: driven on Linux only)'
const chromium = { set: ['client1.browser.engine=chromium'] }

const ask =
  (lab: Awaited<ReturnType<typeof startLandscape>>) =>
  (action: string, input = {}) =>
    lab.host('client1').call('browser', action, input, AbortSignal.timeout(40_000))

test.skipIf(noChromium)(
  `logs in to Identity Manager by its form over the private root, and refuses without it${noChromium ?? ''}`,
  async () => {
    await using lab = await startLandscape('identity-manager', chromium)
    const call = ask(lab)
    const url = 'https://im1.corp.example/'
    const first = await call('open', { url })
    expect(first).toMatchObject({ engine: 'chromium', ok: true, status: 200, redirects: [url] })
    const fields = { Username: 'alice', Password: 'Alice-2026!' }
    expect(await call('submit-form', { fields })).toMatchObject({
      url,
      status: 200,
      title: 'Home - Identity Manager',
      text: expect.stringContaining('Welcome, Alice Arnold'),
    })
    await lab.host('client1').stop('browser')
    await lab.host('client1').start('browser', { engine: 'chromium', roots: 'own' })
    expect(await call('open', { url })).toMatchObject({
      engine: 'chromium',
      ok: false,
      error: { code: 'ERR_CERT_AUTHORITY_INVALID', ours: false },
    })
    const told = await lab.host('client1').journal('browser')
    expect(told.at(-1)).toMatchObject({ type: 'page-refused', facts: { net: 'net::ERR_CERT_AUTHORITY_INVALID' } })
  },
  60_000,
)

test.skipIf(noChromium)(
  `runs the Web Application's scripts: login and secrets${noChromium ?? ''}`,
  async () => {
    await using lab = await startLandscape({
      landscape: 'web-application',
      domain: 'test.example',
      hosts: {
        sql1: { runs: { 'sql-server': {} } },
        app1: { runs: { 'password-secure/app-server': { database: 'sql1', license: 'license1' } } },
        web1: { runs: { 'web-server': { app: ['app1'] } } },
        license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
        client1: { runs: { browser: { engine: 'chromium' } } },
      },
    })
    const call = ask(lab)
    const site = await call('open', { url: 'http://web1.test.example/' })
    expect(site).toMatchObject({ ok: true, url: 'https://web1.test.example/' })
    await call('submit-form', { form: 'login', fields: { user: 'alice', password: 'Alice-2026!' } })
    expect(await call('read', { until: 'Core router' })).toMatchObject({ text: expect.stringContaining('Core router') })
  },
  60_000,
)
