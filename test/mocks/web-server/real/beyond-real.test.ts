import { expect, test } from 'vitest'
import { beyondReal } from '../../../../mocks/web-server/real/beyond-real.ts'
import { webServerSettings } from '../../../../mocks/web-server/settings.ts'
import { componentHostDoubles } from '../../../support/component-host-double.ts'

test('a real program is not taken for what it could not show', async () => {
  await using doubles = await componentHostDoubles()
  const { host } = doubles.host('web1')
  const late = { ...host, now: () => new Date(Date.now() - 3_600_000) }
  const plain = { ...host, now: () => new Date() }
  const settings = (given: object) => webServerSettings.parse(given)
  const without = { modules: { proxy_wstunnel: false } }
  expect(beyondReal({ host: plain, settings: settings({}) })).toBeUndefined()
  expect(beyondReal({ host: late, settings: settings({}) })).toContain('clock')
  expect(beyondReal({ host: plain, settings: settings({ kind: 'apache', ...without }) })).toContain(
    'mod_proxy_wstunnel',
  )
  expect(beyondReal({ host: plain, settings: settings({ kind: 'nginx', ...without }) })).toBeUndefined()
})
