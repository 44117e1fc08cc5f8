import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const browserAndWeb = { browser: 'browser', web: 'web-server' } as const

/** The web server as end users' browsers see it. */
export const browserPorts: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/ports/browsers-open-the-web-application',
    title: 'Every end user’s browser opens the Web Application on 443',
    requirement: requirement.webIncoming,
    on: browserAndWeb,
    brokenBy: { fault: 'reject', from: 'browser', to: 'web', port: 443 },
    async run({ browser, web, expect, defer }) {
      defer(() => browser.call('clear', {}))
      expect(await browser.call('open', { url: `https://${web.fqdn}/` })).toInclude({ ok: true, status: 200 })
    },
  }),
  scenario({
    id: 'password-secure/ports/browsers-are-led-to-https',
    title: 'A browser that types no https is led to it from port 80',
    requirement: requirement.redirect,
    on: browserAndWeb,
    brokenBy: { fault: 'reject', from: 'browser', to: 'web', port: 80 },
    async run({ browser, web, expect, defer }) {
      defer(() => browser.call('clear', {}))
      const page = await browser.call('open', { url: `http://${web.fqdn}/` })
      expect(page).toInclude({ ok: true, status: 200, url: `https://${web.fqdn}/` })
    },
  }),
]
