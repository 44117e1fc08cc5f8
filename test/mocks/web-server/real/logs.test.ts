import { expect, test } from 'vitest'
import { apacheEntry, apacheError, apacheLine } from '../../../../mocks/web-server/real/apache-log.ts'
import { nginxEntry, nginxError, nginxLine } from '../../../../mocks/web-server/real/nginx-log.ts'
import { openConnections, uidOf } from '../../../../mocks/web-server/real/open-connections.ts'
import { belowMinimum } from '../../../../mocks/web-server/real/program-version.ts'
import { RequestTally } from '../../../../mocks/web-server/real/request-tally.ts'

// Lines of nginx 1.22.1 and Apache 2.4.68, as they wrote them.
const where =
  'client: 10.1.0.9, server: web1.corp.example, request: "GET /api/status HTTP/1.1", upstream: "https://198.18.21.4:11016//status", host: "web1.corp.example"'

const nginxSays = (line: string) => {
  const read = nginxLine(line)
  return read && nginxError(read.text)
}
const apacheSays = (line: string) => {
  const read = apacheLine(line)
  return read && apacheError(read)
}

test.each([
  ['connect() failed (111: Connection refused) while connecting to upstream', 'refused', 'ECONNREFUSED'],
  ['upstream timed out (110: Connection timed out) while SSL handshaking to upstream', 'connect-timeout', 'ETIMEDOUT'],
  [
    'upstream timed out (110: Connection timed out) while reading response header from upstream',
    'read-timeout',
    'ETIMEDOUT',
  ],
  ['upstream prematurely closed connection while reading response header from upstream', 'closed', 'ECONNRESET'],
])('nginx: %s', (text, kind, code) => {
  expect(nginxSays(`2026/11/22 23:44:07 [error] 18#18: *41 ${text}, ${where}`)).toEqual({
    type: 'upstream-failed',
    client: '10.1.0.9',
    way: 'api',
    upstream: 'https://198.18.21.4:11016//status',
    failure: { kind, code, detail: text },
  })
})

test('nginx: what only follows, and what is no error of an application server', () => {
  expect(
    nginxSays(
      `2026/11/22 23:44:07 [warn] 18#18: *41 upstream server temporarily disabled while SSL handshaking to upstream, ${where}`,
    ),
  ).toBeUndefined()
  expect(nginxSays('2026/11/22 23:44:07 [notice] 7#7: start worker process 18')).toBeUndefined()
  expect(
    nginxSays(
      '2026/11/22 23:44:19 [info] 18#18: *60 peer closed connection in SSL handshake while SSL handshaking, client: 10.1.0.9, server: unix:/site/run/https.sock',
    ),
  ).toMatchObject({ type: 'tls-handshake-failed' })
  expect(nginxLine('nginx: [emerg] no such file')).toBeUndefined()
})

test('nginx: a request, and who answered it', () => {
  expect(nginxEntry('10.1.0.9\tGET /api/status HTTP/1.1\t200\t198.18.21.3:11016, 198.18.21.4:11016\t-, 0.004')).toEqual(
    {
      client: '10.1.0.9',
      method: 'GET',
      url: '/api/status',
      status: 200,
      upstreams: ['198.18.21.3:11016', '198.18.21.4:11016'],
      answered: true,
    },
  )
  expect(nginxEntry('10.1.0.9\tGET / HTTP/1.1\t502\t198.18.21.3:11016\t-')).toMatchObject({ answered: false })
  expect(nginxEntry('10.1.0.9\t-\t400\t-\t-')).toMatchObject({ method: '', url: '', upstreams: [] })
  expect(nginxEntry('no entry')).toBeUndefined()
})

test('Apache: a connection that is refused, and a handshake that fails', () => {
  const refused =
    '(111)Connection refused: AH00957: https: attempt to connect to 198.18.21.4:11016 (app2.corp.example:11016) failed'
  expect(apacheSays(`[Sun Nov 22 23:43:55.779315 2026] [proxy:error] [pid 74:tid 81] ${refused}`)).toEqual({
    ...{ type: 'upstream-failed', client: '', upstream: '198.18.21.4:11016' },
    failure: { kind: 'refused', code: 'ECONNREFUSED', detail: refused },
  })
  expect(
    apacheSays(
      '[Sun Nov 22 23:44:17.1 2026] [ssl:info] [pid 33:tid 52] [remote 198.18.21.4:11016] AH02003: SSL Proxy connect failed',
    ),
  ).toMatchObject({ upstream: '198.18.21.4:11016', failure: { kind: 'handshake' } })
})

test('Apache: a system’s error stands before the client', () => {
  const line =
    '[Sun Nov 22 23:44:17.1 2026] [proxy:error] [pid 33:tid 52] (70007)The timeout specified has expired: [client 10.1.0.9:43590] AH01102: error reading status line from remote server app1.corp.example:11016'
  expect(apacheSays(line)).toMatchObject({
    ...{ client: '10.1.0.9', upstream: 'app1.corp.example:11016' },
    failure: { kind: 'read-timeout' },
  })
})

test('Apache: a request, and who answered it', () => {
  const worker = 'https://app1.corp.example:11016'
  expect(apacheEntry(`10.1.0.9\tGET /api/a%20b?c HTTP/1.1\t404\t${worker}\tapplication/json`)).toEqual({
    ...{ client: '10.1.0.9', method: 'GET', url: '/api/a%20b?c', status: 404, upstreams: [worker], answered: true },
  })
  const refused = apacheEntry(`10.1.0.9\tGET /api/ HTTP/1.1\t503\t${worker}\ttext/html; charset=iso-8859-1`)
  expect(refused).toMatchObject({ answered: false })
})

test('what the logs tell of each application server is counted', () => {
  const upstream = (host: string) => ({
    ...{ host, name: `${host}.corp.example`, address: '10.1.0.2', ports: { api: 11_016, realtime: 11_018 } },
  })
  const places = new Map([
    ['app1.corp.example', '198.18.21.3'],
    ['app2.corp.example', '198.18.21.4'],
  ])
  const tally = new RequestTally([upstream('app1'), upstream('app2')], places, 10_000)
  const asked = { client: '10.1.0.9', method: 'GET', url: '/', status: 200, answered: true }
  tally.request({ ...asked, upstreams: ['198.18.21.3:11016'] })
  tally.request({ ...asked, status: 101, upstreams: ['wss://app2.corp.example:11018'] })
  tally.request({ ...asked, answered: false, upstreams: ['198.18.21.3:11016'] })
  tally.failed('https://198.18.21.4:11016//status', 1_000)
  expect(tally.setDown('app1', true)).toBe(true)
  expect(tally.setDown('app9', true)).toBe(false)
  expect(tally.statistics(new Map([['198.18.21.3:11018', 2]]), 5_000)).toEqual({
    openWebSockets: 2,
    upstreams: [
      { host: 'app1', down: true, avoided: false, api: 1, realtime: 2, failures: 0, openWebSockets: 2 },
      { host: 'app2', down: false, avoided: true, api: 0, realtime: 1, failures: 1, openWebSockets: 0 },
    ],
  })
})

test('open connections are read from the kernel’s table, by account', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1 0000000000000000 100 0 0 10 0
   1: 051512C6:C350 031512C6:2B0A 01 00000000:00000000 02:00000A3C 00000000    33        0 101 2 0000000000000000 20 4 30 10 -1
   2: 051512C6:C352 031512C6:2B0A 01 00000000:00000000 02:00000A3C 00000000     0        0 102 2 0000000000000000 20 4 30 10 -1
`
  expect([...openConnections(table, 33)]).toEqual([['198.18.21.3:11018', 1]])
  expect([...openConnections(table, undefined)]).toEqual([['198.18.21.3:11018', 2]])
  expect(uidOf('www-data', 'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n')).toBe(33)
  expect(uidOf('www-data', 'root:x:0:0::/root:/bin/sh\n')).toBeUndefined()
})

test.each([
  ['1.22.1', '1.24.0', true],
  ['1.24.0', '1.24.0', false],
  ['1.9.15', '1.24.0', true],
  ['1.25', '1.24.0', false],
  ['2.4.58', '2.4.58', false],
  ['of an unknown version', '2.4.58', false],
])('%s against the minimum %s', (version, minimum, isBelow) => {
  expect(belowMinimum(version, { name: 'nginx', minimum }) !== undefined).toBe(isBelow)
})
