import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { appJs } from '../../../mocks/web-server/application/app-js.ts'
import { withSite } from './web-server-site.ts'

const busy = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length

test('leaves nothing behind when it starts and stops again and again, with a WebSocket open', async () => {
  const once = () =>
    withSite({ apps: ['app1', 'app2'] }, async ({ client }) => {
      const { http, websocket } = client.host.clients
      expect((await http.request('https://web1.corp.example/api/x')).status).toBe(200)
      await websocket.connect('wss://web1.corp.example/realtime')
    })
  await once()
  const before = busy()
  for (let count = 0; count < 5; count += 1) await once()
  await expect.poll(busy).toBeLessThanOrEqual(before)
})

test('the Web Application’s script can be read as a script', () => {
  expect(new Script(appJs)).toBeInstanceOf(Script)
})
