import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeyPool, selfSignedCertificate } from '../../../../harness/pki/index.ts'
import { decrypt, encrypt } from '../../../../mocks/identity-manager/encryption/encrypted-file.ts'
import { missing } from '../../../support/programs.ts'
import { type ServerSite, serverSite } from './server-site.ts'

const noCurl = missing('curl')
const hashed = (secret: string) => createHash('sha256').update(secret).digest('base64')

let site: ServerSite
let agent: { readonly cert: string; readonly key: string }
let server: X509Certificate

beforeAll(async () => {
  site = await serverSite()
  await using keys = openKeyPool({ folder: join(site.lab.folder, 'agent-keys') })
  agent = await selfSignedCertificate({
    commonName: 'agent',
    dnsNames: [],
    ipAddresses: [],
    notAfter: new Date('2100-01-01'),
    now: new Date(),
    key: 'rsa',
    keys,
  })
  const clients = [{ id: 'Job', hashedSecret: hashed('Job-1') }]
  await site.call('register-agent', { identifier: 'Agent1', uri: 'https://agent1.corp.example:5001', clients })
  await site.call('register-agent', {
    identifier: 'Other',
    clients: [{ id: 'OtherJob', hashedSecret: hashed('Job-2') }],
  })
  const pairs = await site.call('key-pairs')
  if (!pairs.ok) throw new Error(pairs.text)
  server = new X509Certificate(pairs.encryption.certificate)
})
afterAll(() => site?.[Symbol.asyncDispose]())

async function token(id: string, secret: string): Promise<string> {
  const fields = [
    'grant_type=client_credentials',
    `client_id=${id}@im1.corp.example`,
    `client_secret=${secret}`,
    'scope=usercube_api',
  ]
  const { stdout } = await site.curl('/connect/token', ...fields.flatMap((field) => ['--data-urlencode', field]))
  return JSON.parse(stdout).access_token
}

async function ask(
  path: string,
  body?: object,
  by = token('Job', 'Job-1'),
): Promise<{ status: number; body: unknown }> {
  const given = body === undefined ? [] : ['-H', 'content-type: application/json', '-d', JSON.stringify(body)]
  const { stdout } = await site.curl(path, '-w', '\n%{http_code}', '-H', `Authorization: Bearer ${await by}`, ...given)
  const [text = '', status = ''] = stdout.split('\n')
  return { status: Number(status), body: JSON.parse(text) }
}

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } })
const session = (more: object = {}) => ({
  agentIdentifier: 'Agent1',
  applicationUri: 'https://im1.corp.example/',
  encryptionCertificate: agent.cert,
  ...more,
})
const collection = async (text: string, more: object = {}) => ({
  agentIdentifier: 'Agent1',
  connector: 'HR',
  entityType: 'Directory_User',
  mode: 'complete',
  fileName: 'people.csv',
  rows: 2,
  content: await encrypt(Buffer.from(text), server.publicKey),
  ...more,
})
const order = {
  agentIdentifier: 'Agent1',
  connector: 'AD',
  resourceType: 'User',
  changeType: 'Added',
  resource: 'dave',
  changes: { mail: 'dave@corp.example' },
} as const

describe.skipIf(noCurl)(`An agent at the server${noCurl ?? ''}`, () => {
  test('is refused without a session, with a reserved or unknown name, and as another agent', async () => {
    expect(await ask('/api/Agents/ProvisioningOrders?agentIdentifier=Agent1')).toMatchObject(refusal(409, 'no-session'))
    expect(await ask('/api/Agents/Session', session({ agentIdentifier: 'local' }))).toMatchObject(
      refusal(403, 'reserved-identifier'),
    )
    expect(await ask('/api/Agents/Session', session({ agentIdentifier: 'Agent9' }))).toMatchObject(
      refusal(403, 'unknown-agent'),
    )
    expect(await ask('/api/Agents/Session', session(), token('OtherJob', 'Job-2'))).toMatchObject(
      refusal(403, 'other-agents-client'),
    )
    expect(
      await ask('/api/Agents/Session', session({ applicationUri: 'https://identity.corp.example' })),
    ).toMatchObject(refusal(409, 'application-uri-mismatch'))
    expect(await ask('/api/Agents/Session', session({ encryptionCertificate: 'none' }))).toMatchObject(
      refusal(400, 'bad-request'),
    )
    expect(await ask('/api/Agents/Nonsense')).toMatchObject(refusal(404, 'not-found'))
    expect(await ask('/api/Agents/Session')).toMatchObject(refusal(405, 'method-not-allowed'))
    const forged = `${await token('Job', 'Job-1')}x`
    expect(await ask('/api/Agents/Session', session(), Promise.resolve(forged))).toMatchObject(
      refusal(401, 'invalid-token'),
    )
  })

  test('hands over its public key and gets the server’s', async () => {
    const { status, body } = await ask('/api/Agents/Session', session())
    expect({ status, body }).toMatchObject({ status: 200, body: { applicationUri: 'https://im1.corp.example' } })
    expect(body).toMatchObject({ encryptionCertificate: server.toString() })
  })

  test('sends data that only the server can read, which lie encrypted there', async () => {
    const sent = await collection('id;name\n1;Dave\n2;Erin\n')
    const stored = 'Synchronization/Agent1/HR/people.csv'
    expect(await ask('/api/Agents/Collections', sent)).toEqual({ status: 200, body: { rows: 2, storedAs: stored } })
    const beside = await site.call('write-file', { kind: 'source', name: 'x', content: '' })
    const [root = ''] = (beside.ok ? beside.path : '').split('/Work/')
    expect(await readFile(join(root, 'Work', stored), 'utf8')).toMatch(/^[\w-]+(\.[\w-]+){4}$/)
    const foreign = { content: await encrypt(Buffer.from('x'), new X509Certificate(agent.cert).publicKey) }
    expect(await ask('/api/Agents/Collections', await collection('', foreign))).toMatchObject(
      refusal(422, 'not-readable'),
    )
    const tampered = { content: `${sent.content.slice(0, -4)}AAAA` }
    expect(await ask('/api/Agents/Collections', await collection('', tampered))).toMatchObject(
      refusal(422, 'not-readable'),
    )
    expect(await ask('/api/Agents/Collections', { ...sent, connector: '../../Runtime' })).toMatchObject(
      refusal(400, 'bad-request'),
    )
    expect(await ask('/api/Agents/Collections', { ...sent, fileName: '../x' })).toMatchObject(
      refusal(400, 'bad-request'),
    )
    expect((await ask('/api/Agents/Collections', { ...sent, rows: -1 })).status).toBe(400)
  })

  test('fetches orders that only it can read, and reports each once', async () => {
    const made = await site.call('create-order', order)
    const { body } = await ask('/api/Agents/ProvisioningOrders?agentIdentifier=Agent1')
    const { orders } = body as { orders: { id: string; content: string }[] } // as the server's own test asserts below
    expect(orders).toMatchObject([{ id: made.ok ? made.id : '' }])
    const [{ id = '', content = '' } = {}] = orders
    expect(JSON.parse((await decrypt(content, createPrivateKey(agent.key))).toString())).toMatchObject({
      id,
      resource: 'dave',
      changes: { mail: 'dave@corp.example' },
    })
    const report = { agentIdentifier: 'Agent1', results: [{ id, state: 'Executed' }] }
    const others = { agentIdentifier: 'Other', results: [{ id, state: 'Error' }] }
    expect(await ask('/api/Agents/ProvisioningOrders/Reports', others, token('OtherJob', 'Job-2'))).toMatchObject({
      body: { accepted: 0 },
    })
    expect(await ask('/api/Agents/ProvisioningOrders/Reports', report)).toMatchObject({ body: { accepted: 1 } })
    expect(await ask('/api/Agents/ProvisioningOrders/Reports', report)).toMatchObject({ body: { accepted: 0 } })
    expect(await site.call('orders')).toMatchObject({ orders: [{ id, state: 'Executed' }] })
  })

  test('keeps its session when the server is recycled; orders encrypted with a key that is gone stay', async () => {
    await site.call('create-order', order)
    await site.call('rotate-key-pair', { which: 'encryption' })
    expect(await ask('/api/Agents/ProvisioningOrders?agentIdentifier=Agent1')).toMatchObject({
      status: 200,
      body: { orders: [] },
    })
    expect(await site.journal('order-unreadable')).toMatchObject([{ code: 'another-key' }])
  })

  test('is told that the server uses no agents', async () => {
    await site.restart({ appsettings: { NotUseAgent: true } })
    expect(await ask('/api/Agents/Session', session())).toMatchObject(refusal(503, 'agents-not-used'))
  })
})
