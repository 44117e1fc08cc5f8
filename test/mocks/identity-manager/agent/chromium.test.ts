import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../harness/context/json.ts'
import { missing } from '../../../support/programs.ts'
import { type AgentLab, agentLab } from './agent-lab.ts'

const noChromium = process.platform === 'linux' ? missing('chromium', 'certutil') : ' (skipped: driven on Linux only)'

async function askAsAlice(site: AgentLab): Promise<JsonObject> {
  const browser = async (action: string, input: JsonObject) =>
    (await site.lab.host('client1').call('browser', action, input)) as JsonObject // every action of it answers with one
  await browser('clear', {})
  await browser('open', { url: 'https://identity.corp.example/' })
  await browser('submit-form', { fields: { Username: 'alice', Password: 'Alice-2026!' } })
  const ticket = await browser('fetch', { url: 'https://identity.corp.example/api/Agents/Tickets' })
  expect(ticket).toMatchObject({ ok: true, status: 200 })
  const bearer = `Bearer ${JSON.parse(String(ticket.text)).ticket}`
  return browser('fetch', {
    url: 'https://agent1.corp.example:5001/api/Job/Launch',
    method: 'POST',
    headers: { authorization: bearer, 'content-type': 'application/json' },
    body: '{"job":"Complete"}',
  })
}

test.skipIf(noChromium !== undefined)(
  `Chromium launches a job from the server’s page, and not without AllowAnyHeader${noChromium ?? ''}`,
  { timeout: 60_000 },
  async () => {
    const client1 = { runs: { browser: { engine: 'chromium' } } }
    await using site = await agentLab({}, { client1 })
    expect(await askAsAlice(site)).toMatchObject({ ok: true, status: 202 })
    const { instances } = await site.call('jobs')
    expect(instances).toMatchObject([{ job: 'Complete', by: 'alice' }])
    await site.restart({ appsettings: { Cors: { AllowAnyHeader: false } } })
    expect(await askAsAlice(site)).toMatchObject({ ok: false })
    expect(await site.call('jobs')).toEqual({ instances: [] })
  },
)
