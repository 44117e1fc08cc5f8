import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { missing } from '../../support/programs.ts'
import { type WebSite, withSite } from './web-server-site.ts'

const run = promisify(execFile)
const noCurl = missing('curl')
const noOpenssl = missing('openssl')
const kinds = ['nginx', 'apache', 'iis'] as const

/** curl as one who knows the landscape's root and names. */
async function curl({ doubles, web }: WebSite, path: string, ...options: string[]) {
  const { address, port } = web.endpoint('https')
  const ca = join(doubles.landscape.folder, 'root.pem')
  await writeFile(ca, doubles.landscape.root)
  const connect = ['--cacert', ca, '--connect-to', `web1.corp.example:443:${address}:${port}`]
  return run('curl', ['-sS', ...connect, ...options, `https://web1.corp.example${path}`])
}

describe.skipIf(noCurl)(`curl${noCurl ?? ''}`, () => {
  test.each(kinds)('goes through %s to the application server', (kind) =>
    withSite({ web: { kind } }, async (site) => {
      const { stdout } = await curl(site, '/api/secrets/7?full=1', '-H', 'Connection: x-hop', '-H', 'X-Hop: 1')
      expect(JSON.parse(stdout)).toMatchObject({ host: 'app1', method: 'GET' })
      expect(JSON.parse(stdout).url).toBe(kind === 'nginx' ? '//secrets/7?full=1' : '/secrets/7?full=1')
      expect(JSON.parse(stdout).headers['x-hop']).toBeUndefined()
    }),
  )

  test.each([
    ['nginx', '/apifoo', '/foo'],
    ['nginx', '/api', '/'],
    ['apache', '/api', '/'],
    ['iis', '/API/x', '/x'],
  ])('%s takes %s for %s', (kind, path, url) =>
    withSite({ web: { kind } }, async (site) => {
      expect(JSON.parse((await curl(site, path)).stdout).url).toBe(url)
    }),
  )

  test.each(['apache', 'iis'])('%s keeps /apifoo for itself', (kind) =>
    withSite({ web: { kind } }, async (site) => {
      expect((await curl(site, '/apifoo')).stdout).toContain('<script src="/app.js">')
    }),
  )

  test('sees the headers that nginx adds', () =>
    withSite({}, async (site) => {
      const { stdout } = await curl(site, '/', '-I')
      expect(stdout.replace(/date: .*\r\n|etag: .*\r\n/gi, '')).toMatchInlineSnapshot(`
        "HTTP/1.1 200 OK
        server: nginx/1.25.4
        x-frame-options: SAMEORIGIN
        content-security-policy: frame-ancestors
        strict-transport-policy: max-age=31536000
        content-type: text/html
        content-length: 1497
        Connection: keep-alive
        Keep-Alive: timeout=5

        "
      `)
    }))

  test.each(kinds)('uploads in chunks beyond the limit of %s', (kind) =>
    withSite({ web: { kind, maxBodyBytes: 10_000 } }, async (site) => {
      const file = join(site.doubles.landscape.folder, 'body')
      await writeFile(file, Buffer.alloc(200_000, 'x'))
      const chunked = ['-H', 'Transfer-Encoding: chunked', '-o', '/dev/null', '-w', '%{http_code}']
      const { stdout } = await curl(site, '/api/x', '-X', 'POST', '--data-binary', `@${file}`, ...chunked)
      // Apache limits what it reads itself, not what it passes on.
      expect(stdout).toBe({ nginx: '413', apache: '200', iis: '404' }[kind])
    }),
  )

  test.each([
    ['expired', 'certificate has expired'],
    ['wrong-name', 'no alternative certificate subject name matches'],
    ['untrusted-root', 'self-signed certificate in certificate chain|unable to get local issuer'],
    ['missing-intermediate', 'unable to get local issuer certificate'],
    ['self-signed', 'self-signed certificate'],
  ])('finds a certificate that is %s', (defect, text) =>
    withSite({ web: { certificate: { defect } } }, async (site) => {
      await expect(curl(site, '/')).rejects.toMatchObject({ code: 60, stderr: expect.stringMatching(text) })
      expect((await curl(site, '/', '-k')).stdout).toContain('Password Secure')
    }),
  )
})

describe.skipIf(noOpenssl)(`openssl${noOpenssl ?? ''}`, () => {
  test.each([
    ['-tls1_1', false],
    ['-tls1_2', true],
    ['-tls1_3', true],
  ])('with %s', (version, isAccepted) =>
    withSite({}, async ({ web }) => {
      const { address, port } = web.endpoint('https')
      const ciphers = ['-cipher', 'DEFAULT@SECLEVEL=0']
      const opening = run('openssl', ['s_client', '-connect', `${address}:${port}`, version, ...ciphers])
      opening.child.stdin?.end()
      if (isAccepted) expect((await opening).stdout).toContain('BEGIN CERTIFICATE')
      else await expect(opening).rejects.toMatchObject({ stderr: expect.stringContaining('protocol version') })
    }),
  )
})

describe('bytes', () => {
  const talk = async ({ doubles, client }: WebSite, port: 80 | 443, bytes: string): Promise<string> => {
    const raw = client.host.connect({ host: 'web1.corp.example', port })
    const ca = doubles.landscape.root
    const socket = port === 80 ? raw : tlsConnect({ socket: raw, ca, servername: 'web1.corp.example' })
    socket.write(bytes)
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    return text
  }
  const huge = `GET / HTTP/1.1\r\nhost: web1\r\nx: ${'y'.repeat(60_000)}\r\n\r\n`
  const slow = { clientTimeoutMs: 100 }

  test.each([
    ['nginx', 'garbage', '\x16\x00garbage\r\n\r\n', /^HTTP\/1\.1 400 .*<hr><center>nginx\/1\.25\.4<\/center>/s],
    ['apache', 'garbage', 'x\r\n\r\n', /^HTTP\/1\.1 400 .*Apache\/2\.4\.58 \(Ubuntu\) Server at web1\.corp\.example/s],
    ['iis', 'garbage', 'x\r\n\r\n', /^HTTP\/1\.1 400 .*HTTP Error 400/s],
    ['nginx', 'huge headers', huge, /^HTTP\/1\.1 400 .*400 Request Header Or Cookie Too Large/s],
    ['iis', 'huge headers', huge, /^HTTP\/1\.1 400 /],
    ['nginx', 'half a request', 'GET / HT', /^$/],
    ['apache', 'half a request', 'GET / HT', /^HTTP\/1\.1 408 /],
    ['iis', 'half a request', 'GET / HT', /^$/],
  ])('%s, %s: answered or closed', (kind, _, bytes, answer) =>
    withSite({ web: { kind, ...slow } }, async (site) => {
      for (const port of [80, 443] as const) expect(await talk(site, port, bytes)).toMatch(answer)
      expect(site.web.journal.map(({ type }) => type)).toContain('bad-request')
      expect((await site.client.host.clients.http.request('https://web1.corp.example/')).status).toBe(200)
    }),
  )

  test('half a body: what was passed on is taken back', () =>
    withSite({ web: slow }, async (site) => {
      const head = 'POST /api/x HTTP/1.1\r\nhost: web1\r\ncontent-length: 9\r\n\r\n{'
      expect(await talk(site, 443, head)).toBe('')
      expect((await site.client.host.clients.http.request('https://web1.corp.example/api/x')).status).toBe(200)
    }))

  test('a handshake that never comes, and plain HTTP on 443', () =>
    withSite({ web: slow }, async (site) => {
      const idle = site.client.host.connect({ host: 'web1.corp.example', port: 443 })
      await once(idle.resume(), 'close')
      const plain = site.client.host.connect({ host: 'web1.corp.example', port: 443 })
      plain.write('GET / HTTP/1.1\r\nhost: web1\r\n\r\n')
      await once(plain.resume(), 'close')
      expect(site.web.journal.filter(({ type }) => type === 'tls-handshake-failed')).toHaveLength(2)
    }))

  test('an Upgrade whose client leaves before the application server answers', () =>
    withSite({ app: { realtime: 'silent' } }, async (site) => {
      const raw = site.client.host.connect({ host: 'web1.corp.example', port: 443 })
      const socket = tlsConnect({ socket: raw, ca: site.doubles.landscape.root, servername: 'web1.corp.example' })
      socket.write('GET /realtime HTTP/1.1\r\nhost: web1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
      await expect.poll(() => site.web.call('statistics')).toMatchObject({ upstreams: [{ realtime: 1 }] })
      socket.destroy()
      expect((await site.client.host.clients.http.request('https://web1.corp.example/api/x')).status).toBe(200)
      expect(await site.web.call('access-log')).toMatchObject({
        lines: expect.arrayContaining([expect.stringContaining('/realtime')]),
      })
    }))
})
