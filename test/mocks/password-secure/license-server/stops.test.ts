import { expect, test } from 'vitest'
import { licenseServer } from '../../../../mocks/password-secure/license-server/kind.ts'
import { componentHostDoubles } from '../../../support/component-host-double.ts'

const busy = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length

test('leaves nothing behind when it starts and stops again and again', async () => {
  const once = async () => {
    await using doubles = await componentHostDoubles()
    await using server = await doubles.start('license', licenseServer)
    const { http } = doubles.host('app1').host.clients
    expect((await http.request('https://license.corp.example/keys')).status).toBe(200)
    expect(await server.call('licences')).toMatchObject({ licences: [{ state: 'valid', activationCount: 0 }] })
  }
  await once()
  const before = busy()
  for (let count = 0; count < 5; count += 1) await once()
  await expect.poll(busy).toBeLessThanOrEqual(before)
})
