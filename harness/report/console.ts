import type { CaseResult, RunEvent, RunSummary } from '../context/events.ts'
import { caseLine, failedCaseLines } from './console-case.ts'
import { groupLines } from './console-groups.ts'
import { type Paint, painter } from './paint.ts'
import { type ComponentRealness, realCountText, realLines, realnessWarnings } from './realness-text.ts'
import type { Reporter } from './reporter.ts'
import { countsOf, durationText, hostsOf } from './run-record.ts'
import { startRefusal } from './start-refusals.ts'
import { visibleText } from './visible-text.ts'

export interface ConsoleTarget {
  write(text: string): void
  readonly colour: boolean
  /** A terminal, on which a progress line can be drawn over; elsewhere every case gets a line. */
  readonly live: boolean
  /** The terminal's width now, in characters. */
  columns(): number
}

const ERASE_LINE = '\r\u001b[2K'

/** What a person sees of a run: progress, failed cases in full, and the closing line `61 passed, 0 failed, 2 skipped`. */
export function consoleReporter(target: ConsoleTarget): Reporter {
  const paint = painter(target.colour)
  const results: CaseResult[] = []
  /** Told with the landscape's readiness; later ones are a scenario's doing. */
  const refusals: string[] = []
  const components: ComponentRealness[] = []
  let ready = false
  let progress = ''

  const clear = () => {
    if (progress) target.write(ERASE_LINE)
    progress = ''
  }
  const print = (...lines: readonly string[]) => {
    const shown = progress
    clear()
    target.write(`${lines.join('\n')}\n`)
    if (shown) draw(shown)
  }
  const draw = (text: string) => {
    if (!target.live) return
    const width = Math.max(20, target.columns() - 1)
    progress = text.length > width ? `${text.slice(0, width - 1)}…` : text
    target.write(ERASE_LINE + progress)
  }

  return {
    name: 'console',
    event(event) {
      switch (event.type) {
        case 'run-started':
          print(...startedLines(event, paint))
          draw('starting …')
          break
        case 'landscape-ready':
          ready = true
          clear()
          print(
            `ready in ${durationText(event.elapsedMs)}: ${event.hosts} hosts, ${event.components} components ${realCountText(components, event.components)}, ${event.endpoints} endpoints`,
            ...realLines(components),
            ...realnessWarnings(components).map((warning) => paint('warn', `note: ${warning}`)),
            ...refusals.map((refusal) => paint('warn', `note: ${refusal}`)),
            '',
          )
          break
        case 'case-started':
          draw(progressText(event, results))
          break
        case 'case-finished':
          results.push(event.result)
          if (event.result.outcome === 'failed') print(...failedCaseLines(event.result, paint, widthOf(target)), '')
          else if (!target.live) print(caseLine(event.result, paint))
          break
        case 'run-finished':
          clear()
          print(...closingLines(event.summary, results, paint, target.live))
          break
        case 'component-started':
          components.push(event)
          break
        case 'component-stopped':
        case 'fault-injected':
        case 'fault-cleared':
          break
        case 'journal': {
          const refusal = ready ? undefined : startRefusal(event)
          if (refusal !== undefined) refusals.push(refusal)
          break
        }
      }
    },
    finish: clear,
    abandon: clear,
  }
}

const widthOf = ({ live, columns }: ConsoleTarget): number | undefined => (live ? columns() : undefined)

function startedLines(event: Extract<RunEvent, { type: 'run-started' }>, paint: Paint): string[] {
  const head = `${paint('strong', visibleText(event.landscape))}  engine ${visibleText(event.engine)}, seed ${event.seed}`
  return [head, ...event.notes.map((note) => paint('muted', `note: ${visibleText(note)}`))]
}

function progressText(event: Extract<RunEvent, { type: 'case-started' }>, results: readonly CaseResult[]): string {
  const failed = results.filter((result) => result.outcome === 'failed').length
  const hosts = hostsOf(event.case)
  const count = `${String(event.index + 1).padStart(String(event.total).length)}/${event.total}`
  return `${count}${failed > 0 ? `  ${failed} failed` : ''}  ${visibleText(event.case.scenario)}${hosts ? ` [${visibleText(hosts)}]` : ''}`
}

function closingLines(summary: RunSummary, results: readonly CaseResult[], paint: Paint, live: boolean): string[] {
  const lines: string[] = []
  if (live) lines.push(...groupLines(results, paint), '')
  else lines.push('')
  const skipped = results.filter((result) => result.outcome === 'skipped')
  if (live && skipped.length > 0) lines.push(...skipped.map((result) => caseLine(result, paint)), '')
  const failed = results.filter((result) => result.outcome === 'failed')
  if (failed.length > 0) {
    lines.push(paint('strong', 'failed:'))
    for (const result of failed) {
      const expected = result.expected ? paint('warn', '  (as expected)') : ''
      lines.push(`  ${paint('bad', visibleText(result.id))}${expected}`)
    }
    lines.push('')
  }
  if (summary.outcome === 'interrupted') lines.push(paint('warn', 'interrupted: cases that had not begun were not run'))
  lines.push(
    `${summary.landscape}: ready in ${durationText(summary.readyMs)}, scenarios in ${durationText(summary.durationMs)}, seed ${summary.seed}`,
  )
  lines.push(paint(summary.outcome === 'passed' ? 'good' : 'bad', countsOf(summary)))
  return lines
}
