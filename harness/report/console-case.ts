import type { CaseResult } from '../context/events.ts'
import { evidenceLine } from './evidence.ts'
import type { Paint } from './paint.ts'
import { durationText, hostsOf } from './run-record.ts'
import { visibleText } from './visible-text.ts'

const MAX_EVIDENCE = 8

/** A failed case in full: what should hold, where, which step broke, why, and what was seen. */
export function failedCaseLines(result: CaseResult, paint: Paint): string[] {
  const mark = result.expected ? paint('warn', '✗ failed as expected') : paint('bad', '✗ failed')
  const lines = [
    `${mark}  ${paint('strong', visibleText(result.title))}  ${paint('muted', durationText(result.durationMs))}`,
    `    ${paint('muted', 'case')}         ${visibleText(result.id)}`,
    `    ${paint('muted', 'requirement')}  ${visibleText(result.requirement)}`,
  ]
  for (const step of result.steps) {
    const passed = step.outcome === 'passed'
    const stepMark = passed ? paint('good', '✓') : paint('bad', '✗')
    const title = `    ${stepMark} ${visibleText(step.title)}  ${paint('muted', durationText(step.durationMs))}`
    lines.push(step.title ? title : `    ${paint('muted', 'seen outside the steps')}`)
    if (passed) continue
    const evidence = step.evidence.slice(-MAX_EVIDENCE)
    const left = step.evidence.length - evidence.length
    if (left > 0) lines.push(`        ${paint('muted', `… ${left} earlier`)}`)
    for (const item of evidence) lines.push(`        ${paint('muted', visibleText(evidenceLine(item), 600))}`)
  }
  if (result.reason) lines.push(`    ${paint('bad', visibleText(result.reason))}`)
  return lines
}

/** A case in one line. */
export function caseLine(result: CaseResult, paint: Paint): string {
  const tone = result.outcome === 'passed' ? 'good' : result.outcome === 'failed' ? 'bad' : 'warn'
  const hosts = hostsOf(result)
  const where = hosts ? ` ${paint('muted', `[${visibleText(hosts)}]`)}` : ''
  const why = result.outcome === 'skipped' && result.reason ? `: ${visibleText(result.reason)}` : ''
  return `${paint(tone, result.outcome.padEnd(7))}  ${visibleText(result.scenario)}${where}  ${paint('muted', durationText(result.durationMs))}${why}`
}
