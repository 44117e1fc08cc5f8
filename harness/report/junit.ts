import type { CaseResult } from '../context/events.ts'
import { evidenceLine } from './evidence.ts'
import { realnessText } from './realness-text.ts'
import type { Reporter } from './reporter.ts'
import { hostsOf, type RunRecord, runRecorder } from './run-record.ts'
import { visibleText } from './visible-text.ts'
import { xmlAttributes, xmlText } from './xml-text.ts'

const seconds = (durationMs: number): string => (durationMs / 1000).toFixed(3)

function caseXml(result: CaseResult): string {
  const hosts = hostsOf(result)
  const head = xmlAttributes({
    classname: result.scenario,
    name: hosts ? `${result.title} [${hosts}]` : result.title,
    time: seconds(result.durationMs),
  })
  const parts: string[] = []
  const reason = visibleText(result.reason ?? 'no reason given', 8000)
  if (result.outcome === 'failed' && !result.expected) {
    const story = [reason, `requirement: ${result.requirement}`, ...storyLines(result)].join('\n')
    parts.push(`<failure${xmlAttributes({ message: reason, type: 'scenario-failed' })}>${xmlText(story)}</failure>`)
  }
  if (result.outcome === 'skipped') parts.push(`<skipped${xmlAttributes({ message: reason })}/>`)
  if (result.expected) parts.push(`<system-out>${xmlText(`failed as expected: ${reason}`)}</system-out>`)
  return parts.length === 0 ? `    <testcase${head}/>` : `    <testcase${head}>${parts.join('')}</testcase>`
}

const storyLines = (result: CaseResult): string[] =>
  result.steps.flatMap((step) => [
    ...(step.title
      ? [
          `${step.outcome === 'passed' ? 'passed' : 'FAILED'}  ${visibleText(step.title)}  ${Math.round(step.durationMs)} ms`,
        ]
      : []),
    ...(step.outcome === 'passed' ? [] : step.evidence.map((item) => `    ${visibleText(evidenceLine(item))}`)),
  ])

/**
 * A run as JUnit XML, in the shape that Jenkins, GitLab and GitHub read: one suite a landscape, `classname` the
 * scenario's id, `name` its title and hosts, so that ids are the same from run to run. What failed as expected counts
 * as passed.
 */
export function junitXml(record: RunRecord): string {
  const unexpected = record.results.filter((result) => result.outcome === 'failed' && !result.expected).length
  const skipped = record.results.filter((result) => result.outcome === 'skipped').length
  const suite = xmlAttributes({
    name: record.summary?.landscape ?? record.started?.landscape ?? 'landscape',
    tests: record.results.length,
    failures: unexpected,
    errors: 0,
    skipped,
    time: seconds(record.summary?.durationMs ?? 0),
    timestamp: record.started?.at,
  })
  const properties = {
    engine: record.started?.engine,
    seed: record.started?.seed,
    ...Object.fromEntries(
      record.components.flatMap((component) => {
        const name = `${component.host}.${component.kind}`
        return [
          [name, realnessText(component)],
          [`${name}.warning`, component.warning],
        ]
      }),
    ),
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite${suite}>`,
    '    <properties>',
    ...Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `      <property${xmlAttributes({ name, value })}/>`),
    '    </properties>',
    ...record.results.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

export function junitReporter(write: (text: string) => void | Promise<void>): Reporter {
  const recorder = runRecorder()
  return { name: 'junit', event: recorder.event, finish: () => write(junitXml(recorder.record)) }
}
