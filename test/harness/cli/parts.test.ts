import { expect, test } from 'vitest'
import { wantsColour } from '../../../harness/cli/output.ts'
import { inputOf } from '../../../harness/cli/probe.ts'
import { probeStory } from '../../../harness/cli/probe-story.ts'
import { shellLines } from '../../../harness/cli/shell-lines.ts'
import { table } from '../../../harness/cli/table.ts'
import { hostsFileLines } from '../../../harness/cli/up-text.ts'
import type { Observation } from '../../../harness/probes/observation.ts'

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  [true, { TERM: 'dumb' }, false],
])('colours on a terminal (%s) with %j: %s', (isTerminal, environment, wanted) => {
  expect(wantsColour(isTerminal, environment)).toBe(wanted)
})

test('probe input: JSON where it is JSON, text elsewhere, the first = parts them', () => {
  expect(inputOf(['host=app1', 'port=11011', 'tls=false', 'query=a=b', 'password="7"', 'alpn=["h2"]', 'x='])).toEqual({
    host: 'app1',
    port: 11011,
    tls: false,
    query: 'a=b',
    password: '7',
    alpn: ['h2'],
    x: '',
  })
})

test('a probe tells first how it went, then what matters; everything with --verbose', () => {
  const certificate = (subject: string) => ({
    subject,
    issuer: 'CN=CA',
    dnsNames: ['web1'],
    notAfter: '2027',
    sha256: 'F00',
  })
  const seen: Observation = {
    ...{ probe: 'http', from: 'client1', to: 'web1', port: 443, at: '', durationMs: 12, ok: true, ended: 'completed' },
    facts: {
      tls: {
        protocol: 'TLSv1.3',
        cipher: 'AES',
        authorized: true,
        chain: [certificate('CN=web1'), certificate('CN=CA')],
      },
      http: { status: 200, headers: { 'content-type': 'text/html', etag: 'x' }, body: 'b'.repeat(1000), bytes: 1000 },
    },
  }
  const brief = probeStory(seen, { colour: false, verbose: false })
  expect(brief.replace(/b{400}…/, 'BODY…')).toMatchInlineSnapshot(`
    "http client1 → web1:443: ok, status 200  12 ms
      http
        content-type: text/html
        bytes: 1000
        body: BODY…
      tls
        protocol: TLSv1.3
        cipher: AES
        authorized: true
        subject: CN=web1
        names: web1
        issuer: CN=CA
        notAfter: 2027
        certificates: 2
      everything: --verbose or --json
    "
  `)
  const whole = probeStory(seen, { colour: false, verbose: true })
  expect(whole).toContain('b'.repeat(1000))
  expect(whole).toContain('sha256: F00')
})

test('tables fit a terminal: cells are wrapped between words, the names in front stay whole', () => {
  const long = 'the widest column gives way first and no word is broken'
  const text = table(['name', 'what', 'port'], [['a/b [client=client1,app=app1]', long, '443 80']], 60)
  expect(text).toMatchInlineSnapshot(`
    "NAME                           WHAT                   PORT
    a/b [client=client1,app=app1]  the widest column      443 80
                                   gives way first and
                                   no word is broken
    "
  `)
  expect(table(['name', 'what', 'port'], [['a', long, '443 80']])).toContain(long)
})

test('where the last column would be squeezed, or nothing fits, cells go below their row', () => {
  const id = 'identity-manager/agent/scheduled-job-starts-at-its-time [agent=agent1]'
  const title = 'A job with a schedule is launched at its time, and not before'
  expect(table(['case', 'what holds'], [[id, title]], 80)).toMatchInlineSnapshot(`
    "CASE
        WHAT HOLDS
    identity-manager/agent/scheduled-job-starts-at-its-time [agent=agent1]
        A job with a schedule is launched at its time, and not before
    "
  `)
  const flow = ['agent1', 'sql1', '1433', '-', `${id.slice(0, 40)} ${title}`]
  const text = table(['from', 'to', 'port', 'notes', 'source'], [flow], 40)
  expect(text).toMatchInlineSnapshot(`
    "FROM    TO    PORT  NOTES
        SOURCE
    agent1  sql1  1433  -
        identity-manager/agent/scheduled-
        job-sta A job with a schedule is
        launched at its time, and not before
    "
  `)
  const lines = text.split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40)
})

test('tables: columns as wide as their widest cell, hostile cells tamed', () => {
  expect(
    table(
      ['name', 'what'],
      [
        ['a', 'one'],
        ['longer', '\u001b[31mtwo\nlines'],
        ['', ''],
      ],
    ),
  ).toBe('NAME    WHAT\na       one\nlonger  two lines\n\n')
})

test('hosts file: one line an address', () => {
  const names = new Map([
    ['app1.corp.example', '127.3.0.4'],
    ['app1', '127.3.0.4'],
    ['sql1', '127.3.0.5'],
  ])
  expect(hostsFileLines(names)).toEqual(['127.3.0.4\tapp1.corp.example app1', '127.3.0.5\tsql1'])
})

const settings = {
  variables: { A: "it's", B: '/plain/path' },
  setup: [['make', 'a b']],
  command: ['env', 'HOME=/h', 'chromium', '--rules=MAP a b'],
  hints: ['a hint'],
}

test('lines for a POSIX shell', () => {
  expect(shellLines(settings, 'linux')).toBe(
    `# a hint\nexport A='it'\\''s'\nexport B=/plain/path\nmake 'a b'\nlandscape_chromium() { env HOME=/h chromium '--rules=MAP a b' "$@"; }\n`,
  )
})

test('lines for PowerShell', () => {
  expect(shellLines({ ...settings, command: ['chromium', '--x'] }, 'win32')).toBe(
    `# a hint\n$env:A = 'it''s'\n$env:B = '/plain/path'\n& 'make' 'a b'\nfunction landscape-chromium { & 'chromium' '--x' @args }\n`,
  )
})
