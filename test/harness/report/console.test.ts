import { expect, test } from 'vitest'
import { eventStream, type RunEvent } from '../../../harness/context/events.ts'
import { consoleReporter } from '../../../harness/report/console.ts'
import { failedCaseLines } from '../../../harness/report/console-case.ts'
import { casesHtml } from '../../../harness/report/html-cases.ts'
import { junitXml } from '../../../harness/report/junit.ts'
import { painter } from '../../../harness/report/paint.ts'
import { attachReporters } from '../../../harness/report/reporter.ts'
import { caseResult, hostile, observation, runEvents, smallResults } from './sample-run.ts'

function printed(target: { colour: boolean; live: boolean }): string {
  const parts: string[] = []
  const reporter = consoleReporter({ ...target, columns: () => 60, write: (part) => void parts.push(part) })
  for (const event of runEvents('small', smallResults)) reporter.event?.(event)
  return parts.join('')
}

test('without a terminal every case has a plain line, failures are told in full, and the counts close it', () => {
  expect(printed({ colour: false, live: false })).toMatchInlineSnapshot(`
    "small  engine embedded, seed 7
    note: no namespace: ports are moved
    ready in 412 ms: 4 hosts, 5 components (1 real, 4 simulated), 7 endpoints
    real: web1.web-server nginx 1.22.1
    note: web1.web-server: nginx 1.22.1 is older than 1.24.0, the documented minimum

    passed   password-secure/app-server/reaches-sql-server [app=app1,sql=sql1]  12 ms
    passed   password-secure/client/logs-in [client=client1,app=app1]  12 ms
    ✗ failed  A change reaches the client in real time  12 ms
        case         password-secure/client/real-time-updates [client=client1,app=app1]
        requirement  password-secure-installation.md › Application server › Port 1433 TCP
        ✓ logs in  3 ms
        ✗ opens 11018  3 ms
            tls client1 → app1:11018: failed, ended by peer: tls ECONNRESET "<script>alert("1")</script> & ' red �evil ]]> �"
            note=<script>alert("1")</script> & ' red �evil ]]> �
        expected success, but <script>alert("1")</script> & ' red �evil ]]> �

    skipped  password-secure/web-server/low-port [web=web1]  12 ms: ports below 1024 need root

    failed:
      password-secure/client/real-time-updates [client=client1,app=app1]

    small: ready in 412 ms, scenarios in 2.35 s, seed 7
    2 passed, 1 failed, 1 skipped
    "
  `)
})

test('a program that does not start is told with the landscape’s readiness, and not once scenarios run', () => {
  const parts: string[] = []
  const reporter = consoleReporter({
    colour: false,
    live: false,
    columns: () => 60,
    write: (part) => void parts.push(part),
  })
  const refused = (text: string): RunEvent => {
    const at = '2026-01-02T03:04:05.678Z'
    const entry = { sequence: 1, at, host: 'im1', kind: 'a/server', type: 'start-refused', facts: { code: 'c', text } }
    return { type: 'journal', at, entry }
  }
  const [started, , , ready, ...others] = runEvents('small', smallResults)
  if (!started) throw new Error('the sample has no events')
  if (ready?.type !== 'landscape-ready') throw new Error('the sample is never ready')
  for (const event of [started, refused('expired'), ready, refused('later'), ...others]) reporter.event?.(event)
  const text = parts.join('')
  expect(text).toContain('7 endpoints\nnote: im1: a/server does not start: expired\n\n')
  expect(text).not.toContain('later')
})

test('evidence from outside the steps is no step of its own, and has no time', () => {
  const evidence = [observation('client1', 'app1', 11018, false)]
  const outside = { title: '', outcome: 'failed', durationMs: 0, evidence } as const
  const result = caseResult('a/b', { client: 'client1' }, 'failed', { steps: [outside], reason: 'refused' })
  expect(failedCaseLines(result, painter(false)).join('\n')).toMatchInlineSnapshot(`
    "✗ failed  It holds: b  12 ms
        case         a/b [client=client1]
        requirement  password-secure-installation.md › Application server › Port 1433 TCP
        seen outside the steps
            tls client1 → app1:11018: failed, ended by peer: tls ECONNRESET "read ECONNRESET"
        refused"
  `)
  const xml = junitXml({ started: undefined, ready: undefined, components: [], results: [result], summary: undefined })
  expect(xml).toContain('tls client1')
  expect(xml).not.toContain('FAILED')
  const page = String(casesHtml([result]))
  expect(page).toContain('seen outside the steps')
  expect(page).not.toContain('0 ms')
})

test('at a terminal a failed case is wrapped at its width, and what is very long is cut', () => {
  const answer = { ok: false, text: `${'a-long-word-without-a-space/'.repeat(20)}END` }
  const evidence = [{ call: 'a/server status', on: 'im1', input: {}, answer }]
  const step = {
    title: 'asks the server how it is and hears nothing of use',
    outcome: 'failed',
    durationMs: 3,
    evidence,
  }
  const result = caseResult('a/b', { client: 'client1' }, 'failed', {
    steps: [{ ...step, outcome: 'failed' as const }],
    reason: `expected ${JSON.stringify(answer)} to include something else`,
  })
  for (const width of [40, 60, 100]) {
    const lines = failedCaseLines(result, painter(false), width).join('\n').split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
    expect(lines.length).toBeLessThan(30)
  }
  expect(failedCaseLines(result, painter(false), 60).join('\n')).toMatchInlineSnapshot(`
    "✗ failed  It holds: b  12 ms
        case         a/b [client=client1]
        requirement  password-secure-installation.md ›
                     Application server › Port 1433 TCP
        ✗ asks the server how it is and hears nothing
          of use  3 ms
            im1: a/server status {} →
              {"ok":false,"text":"a-long-word-without-a-space/a-
              long-word-without-a-space/a-long-word-without-a-s…
        expected
          {"ok":false,"text":"a-long-word-without-a-space/a-
          long-word-without-a-space/a-long-word-without-a-space/
          a-long-word-without-a-space/a-long-word-without-a-
          space/a-long-word-without-a-space/a-long-word-without-
          a-space/a-long-word-without-a-space/a-long-word-witho…"
  `)
  expect(failedCaseLines(result, painter(false)).join('\n')).toContain('END')
})

test('a terminal gets a progress line that is drawn over and never wider than the window', () => {
  const text = printed({ colour: true, live: true })
  const drawn = text.split('\r\u001b[2K').slice(1)
  expect(drawn.some((part) => part.startsWith('1/4  password-secure/app-server'))).toBe(true)
  for (const part of drawn.filter((part) => /^\d\/4/.test(part))) {
    expect((part.split('\n')[0] ?? '').length).toBeLessThanOrEqual(59)
  }
  expect(text.split('\n').at(-2)).toBe('\u001b[31m2 passed, 1 failed, 1 skipped\u001b[39m')
})

test('text from the network cannot move the cursor, colour the terminal or turn the line around', () => {
  const text = printed({ colour: false, live: false })
  expect(hostile).toContain('\u001b')
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
})

test('a reporter that throws is dropped and named; the others and the run go on', async () => {
  const events = eventStream()
  const seen: string[] = []
  const attached = attachReporters(events, [
    {
      name: 'broken',
      event() {
        throw new Error('no')
      },
      finish: () => void seen.push('finish of the broken one'),
    },
    { name: 'late', finish: () => Promise.reject(new Error('disk full')) },
    { name: 'sound', event: (event) => void seen.push(event.type), finish: () => void seen.push('finish') },
  ])
  for (const event of runEvents('small', []).slice(0, 2)) events.emit(event)
  expect(await attached.finish()).toEqual([
    { reporter: 'broken', error: new Error('no') },
    { reporter: 'late', error: new Error('disk full') },
  ])
  expect(seen).toEqual(['run-started', 'component-started', 'finish'])
  expect(events.failures).toEqual([])
})
