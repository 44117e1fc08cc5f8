import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../support/programs.ts'
import { type AgentLab, agentLab } from './agent-lab.ts'

const SERVERS_PAGES = 'https://identity.corp.example'

describe.skipIf(!has('curl'))('curl (skipped where it is missing) at the agent’s port', () => {
  let site: AgentLab
  beforeAll(async () => {
    site = await agentLab()
  })
  afterAll(() => site[Symbol.asyncDispose]())

  const preflight = (origin: string) =>
    site.curl(
      '/api/Job/Launch',
      ...['--include', '--request', 'OPTIONS', '--header', `Origin: ${origin}`],
      ...['--header', 'Access-Control-Request-Method: POST'],
      ...['--header', 'Access-Control-Request-Headers: authorization,content-type'],
    )
  /** An access token of the scope usercube_api, as the agent's own client gets one. */
  const token = async (): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'usercube_api',
      client_id: 'Job@identity.corp.example',
      client_secret: 'Agent-4-Every1!',
    })
    const { stdout } = await site.curlServer('/connect/token', '--data', body.toString())
    return JSON.parse(stdout).access_token
  }
  const launch = (...args: readonly string[]) =>
    site.curl('/api/Job/Launch', '--write-out', '\n%{http_code}', '--json', '{"job":"Complete"}', ...args)

  test('the server’s pages may ask, with any header and method, and credentials', async () => {
    const { stdout } = await preflight(SERVERS_PAGES)
    expect(stdout).toMatch(/^HTTP\/1\.1 204/)
    expect(stdout).toMatch(/^access-control-allow-origin: https:\/\/identity\.corp\.example\r$/m)
    expect(stdout).toMatch(/^access-control-allow-credentials: true\r$/m)
    expect(stdout).toMatch(/^access-control-allow-methods: POST\r$/m)
    expect(stdout).toMatch(/^access-control-allow-headers: authorization,content-type\r$/m)
  })

  test.each(['https://evil.example', 'http://identity.corp.example', 'https://identity.corp.example.evil', 'null'])(
    'pages of %s get no header that would let them',
    async (origin) => {
      const { stdout } = await preflight(origin)
      expect(stdout).toMatch(/^HTTP\/1\.1 204/)
      expect(stdout).not.toMatch(/access-control-/i)
    },
  )

  test('nothing is done without a token that the server has signed', async () => {
    expect((await launch()).stdout).toMatch(/not-authenticated.*\n401$/)
    expect((await launch('--oauth2-bearer', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.')).stdout).toMatch(
      /invalid-token.*\n401$/,
    )
    const [head, body, signature = ''] = (await token()).split('.')
    const tampered = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    expect((await launch('--oauth2-bearer', tampered)).stdout).toMatch(/invalid-token.*\n401$/)
    expect(await site.call('jobs')).toEqual({ instances: [] })
  })

  test('with one, a job is launched', async () => {
    const { stdout } = await launch('--oauth2-bearer', await token(), '--header', `Origin: ${SERVERS_PAGES}`)
    expect(stdout).toMatch(/"state":"Started".*\n202$/)
  })

  test('wrong paths, methods and bodies', async () => {
    const bearer = ['--oauth2-bearer', await token(), '--write-out', '\n%{http_code}']
    expect((await site.curl('/nothing', ...bearer)).stdout).toMatch(/not-found.*\n404$/)
    expect((await site.curl('/api/Job/Launch', ...bearer)).stdout).toMatch(/method-not-allowed.*\n405$/)
    expect((await site.curl('/api/Job/Launch', ...bearer, '--json', '{')).stdout).toMatch(/bad-request.*\n400$/)
    expect((await site.curl('/api/Job/Launch', ...bearer, '--json', '{"job":""}')).stdout).toMatch(/\n400$/)
    expect((await site.curl('/api/Job/Launch', ...bearer, '--json', '{"job":"None"}')).stdout).toMatch(/\n404$/)
    const large = JSON.stringify({ job: 'x'.repeat(20_000) })
    expect((await site.curl('/api/Job/Launch', ...bearer, '--json', large)).stdout).toMatch(/body-too-large.*\n413$/)
  })
})

test.skipIf(!has('curl'))('without AllowAnyHeader and AllowAnyMethod a preflight names neither (curl)', async () => {
  await using site = await agentLab({
    appsettings: { Cors: { AllowAnyHeader: false, AllowAnyMethod: false, AllowCredentials: false } },
  })
  const { stdout } = await site.curl(
    '/api/Job/Launch',
    ...['--include', '--request', 'OPTIONS', '--header', `Origin: ${SERVERS_PAGES}`],
    ...['--header', 'Access-Control-Request-Method: POST', '--header', 'Access-Control-Request-Headers: authorization'],
  )
  expect(stdout).toMatch(/access-control-allow-origin/)
  expect(stdout).not.toMatch(/access-control-allow-(headers|methods|credentials)/)
})
