import { defineComponent } from '../../harness/host/component.ts'
import { browserActions } from './actions.ts'
import { browserFlows } from './flows.ts'
import { browserSettings } from './settings.ts'

/** An end user's browser: it opens pages with the trust store and the resolver of its host. */
export const browser = defineComponent({
  kind: 'browser',
  summary: 'An end user’s browser, a plain HTTPS one or Chromium: pages, forms, cookies, Windows logins, CORS',
  settings: browserSettings,
  references: {},
  actions: browserActions,
  flows: browserFlows,
  listens: () => [],
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startBrowser(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    browser: typeof browser
  }
}
