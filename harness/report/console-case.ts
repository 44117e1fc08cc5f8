import type { CaseResult } from '../context/events.ts'
import { evidenceLine } from './evidence.ts'
import type { Paint } from './paint.ts'
import { durationText, hostsOf } from './run-record.ts'
import { visibleText } from './visible-text.ts'
import { wrapText } from './wrap-text.ts'

const MAX_EVIDENCE = 8
/** At a terminal. */
const MAX_EVIDENCE_LINES = 3
const MAX_REASON_LINES = 6
/** Behind `    requirement  `. */
const LABEL_INDENT = 17
/** `✗ failed  ` */
const MARK_WIDTH = 10
/** `  1.23 s` behind a title. */
const DURATION_WIDTH = 9

/**
 * A failed case in full: what should hold, where, which step broke, why, and what was seen. In lines of a width, if one is given, a
 * terminal's: what is very long is then cut, and stands whole in the JSON and HTML reports.
 */
export function failedCaseLines(result: CaseResult, paint: Paint, width?: number): string[] {
  const wrapped = (text: string, indent: number, hanging = indent, maxLines?: number) =>
    wrapText(text, { width, indent, hanging, ...(maxLines === undefined ? {} : { maxLines }) })
  const mark = result.expected ? paint('warn', '✗ failed as expected') : paint('bad', '✗ failed')
  const labelled = (label: string, text: string) => {
    const [first = '', ...more] = wrapped(visibleText(text), LABEL_INDENT)
    return [`    ${paint('muted', label.padEnd(LABEL_INDENT - 4))}${first.trimStart()}`, ...more]
  }
  const titled = (text: string, indent: number, hanging = indent) =>
    wrapText(visibleText(text), { width: width === undefined ? width : width - DURATION_WIDTH, indent, hanging })
  const [title = '', ...more] = titled(result.title, MARK_WIDTH, 4)
  const lines = [
    [`${mark}  ${paint('strong', title.trimStart())}`, ...more.map((line) => paint('strong', line))]
      .join('\n')
      .concat(`  ${paint('muted', durationText(result.durationMs))}`),
    ...labelled('case', result.id),
    ...labelled('requirement', result.requirement),
  ]
  for (const step of result.steps) {
    const passed = step.outcome === 'passed'
    const stepMark = passed ? paint('good', '✓') : paint('bad', '✗')
    const [head = '', ...rest] = titled(step.title, 6)
    const told = [`    ${stepMark} ${head.trimStart()}`, ...rest].join('\n')
    const took = `  ${paint('muted', durationText(step.durationMs))}`
    lines.push(step.title ? told + took : `    ${paint('muted', 'seen outside the steps')}`)
    if (passed) continue
    const evidence = step.evidence.slice(-MAX_EVIDENCE)
    const left = step.evidence.length - evidence.length
    if (left > 0) lines.push(`        ${paint('muted', `… ${left} earlier`)}`)
    for (const item of evidence) {
      const seen = wrapped(visibleText(evidenceLine(item), 600), 8, 10, MAX_EVIDENCE_LINES)
      lines.push(...seen.map((line) => line.replace(/\S.*/, (text) => paint('muted', text))))
    }
  }
  if (result.reason) {
    const reason = wrapped(visibleText(result.reason), 4, 6, MAX_REASON_LINES)
    lines.push(...reason.map((line) => line.replace(/\S.*/, (text) => paint('bad', text))))
  }
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
