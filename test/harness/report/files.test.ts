import { spawnSync } from 'node:child_process'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { htmlDocument } from '../../../harness/report/html.ts'
import { jsonReporter } from '../../../harness/report/json.ts'
import { junitXml } from '../../../harness/report/junit.ts'
import { runRecorder } from '../../../harness/report/run-record.ts'
import { has } from '../../support/programs.ts'
import { caseResult, largeLandscape, observation, runEvents, smallLandscape, smallResults, step } from './sample-run.ts'

function recordOf(name: string, results = smallResults) {
  const recorder = runRecorder()
  for (const event of runEvents(name, results)) recorder.event(event)
  return recorder.record
}

test('JUnit: ids that stay, hostile text escaped', () => {
  expect(junitXml(recordOf('small'))).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="small" tests="4" failures="1" errors="0" skipped="1" time="2.345" timestamp="2026-01-02T03:04:05.678Z">
        <properties>
          <property name="engine" value="embedded"/>
          <property name="seed" value="7"/>
          <property name="sql1.sql-server" value="simulated"/>
          <property name="web1.web-server" value="nginx 1.22.1 (real)"/>
          <property name="web1.web-server.warning" value="nginx 1.22.1 is older than 1.24.0, the documented minimum"/>
        </properties>
        <testcase classname="password-secure/app-server/reaches-sql-server" name="It holds: reaches-sql-server [app=app1,sql=sql1]" time="0.012"/>
        <testcase classname="password-secure/client/logs-in" name="It holds: logs-in [client=client1,app=app1]" time="0.012"/>
        <testcase classname="password-secure/client/real-time-updates" name="A change reaches the client in real time [client=client1,app=app1]" time="0.012"><failure message="expected success, but &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &apos; red �evil ]]&gt; �" type="scenario-failed">expected success, but &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &apos; red �evil ]]&gt; �
    requirement: password-secure-installation.md › Application server › Port 1433 TCP
    passed  logs in  3 ms
    FAILED  opens 11018  3 ms
        tls client1 → app1:11018: failed, ended by peer: tls ECONNRESET &quot;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &apos; red �evil ]]&gt; �&quot;
        note=&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &apos; red �evil ]]&gt; �</failure></testcase>
        <testcase classname="password-secure/web-server/low-port" name="It holds: low-port [web=web1]" time="0.012"><skipped message="ports below 1024 need root"/></testcase>
      </testsuite>
    </testsuites>
    "
  `)
})

const noXmllint = !has('xmllint')
test.skipIf(noXmllint)(`JUnit: xmllint accepts it${noXmllint ? ' (skipped: xmllint is not installed)' : ''}`, () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'junit-'))
  const file = join(folder.path, 'junit.xml')
  writeFileSync(file, junitXml(recordOf('small')))
  const { status, stderr } = spawnSync('xmllint', ['--noout', file], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('JSON: one document with everything in it', async () => {
  const parts: string[] = []
  const reporter = jsonReporter((part) => void parts.push(part))
  for (const event of runEvents('small', smallResults)) reporter.event?.(event)
  await reporter.finish?.()
  const document: unknown = JSON.parse(parts.join(''))
  expect(document).toMatchObject({
    version: 1,
    landscape: 'small',
    components: [
      { host: 'sql1', kind: 'sql-server', real: false },
      {
        host: 'web1',
        kind: 'web-server',
        real: true,
        version: 'nginx 1.22.1',
        warning: expect.stringContaining('documented minimum'),
      },
    ],
    summary: { passed: 2, failed: 1, skipped: 1 },
    results: smallResults,
  })
})

test('HTML: nothing is asked of the network, and text from it stays text', async () => {
  const page = await htmlDocument({ landscape: smallLandscape, notes: [] }, recordOf('small'))
  expect(page.match(/<script/g)).toHaveLength(1)
  expect(page).not.toContain('alert("1")')
  expect(page).not.toMatch(/\s(src|href|style)=|@import|url\((?!#)/)
  expect(page).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
  expect(page).toContain("default-src 'none'".replaceAll("'", '&#39;'))
})

test('HTML: says of each component whether it is real, and in which version', async () => {
  const page = await htmlDocument({ landscape: smallLandscape, notes: [] }, recordOf('small'))
  expect(page).toContain('<td>sql1</td><td>sql-server</td><td>simulated</td>')
  expect(page).toMatch(/<td>web1<\/td><td>web-server<\/td><td>nginx 1\.22\.1 \(real\)<\/td>.*documented minimum<\/td>/)
})

test('HTML: the map paints what failed red and leaves the rest as it was', async () => {
  const page = await htmlDocument({ landscape: smallLandscape, notes: [] }, recordOf('small'))
  const edges = [...page.matchAll(/<path class="edge (\w+)" data-from="(\w+)" data-to="(\w+)"/g)]
  expect(edges.map(([, status, from, to]) => `${from} ${to} ${status}`).sort()).toEqual([
    'app1 sql1 passed',
    'client1 app1 failed',
    'client1 web1 untouched',
    'web1 app1 untouched',
  ])
  expect(page).toMatch(/<tspan class="passed">11011<\/tspan> <tspan class="failed">11018<\/tspan>/)
})

test('HTML: in a large landscape alike hosts share a box and the one with trouble stands alone', async () => {
  const large = largeLandscape()
  const results = large.hosts
    .filter(({ name }) => name.startsWith('client'))
    .map(({ name }) => {
      const outcome = name === 'client9' ? 'failed' : 'passed'
      const seen = observation(name, 'app2', 11011, outcome === 'passed')
      return caseResult('password-secure/client/logs-in', { client: name, app: 'app2' }, outcome, {
        steps: [step('logs in', outcome, seen)],
      })
    })
  const page = await htmlDocument({ landscape: large, notes: [] }, recordOf('large', results))
  expect(page).toMatch(/<g class="box failed"[^>]* data-host="client9"/)
  expect(page).toContain('>15 hosts</text>')
  expect(page.match(/<g class="chip passed"/g)).toHaveLength(21)
})

test('HTML: a case that only names a port is taken to mean the flow that another case saw fail', async () => {
  const seen = step('opens 11018', 'failed', observation('client9', 'app1', 11018, false))
  const results = [
    caseResult('p/real-time/opens', { client: 'client9', app: 'app1' }, 'failed', { steps: [seen] }),
    caseResult('p/real-time/hears', { writer: 'client10', reader: 'client9', app: 'app1' }, 'failed', {
      title: 'Hears on 11018 what the other wrote',
    }),
  ]
  const page = await htmlDocument({ landscape: largeLandscape(), notes: [] }, recordOf('large', results))
  const red = [...page.matchAll(/<path class="edge failed" data-from="([^"]*)" data-to="([^"]*)"/g)]
  expect(red.map(([, from, to]) => `${from} ${to}`)).toEqual(['client9 app1'])
})
