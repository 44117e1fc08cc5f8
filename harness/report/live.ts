import type { RunEvent } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import { type Paint, painter } from './paint.ts'
import { realnessText } from './realness-text.ts'
import type { Reporter } from './reporter.ts'
import { visibleText } from './visible-text.ts'

const value = (json: Json | undefined): string => (typeof json === 'string' ? json : (JSON.stringify(json) ?? ''))

const facts = (object: JsonObject): string =>
  Object.entries(object)
    .map(([key, item]) => `${key}=${value(item)}`)
    .join(' ')

const faultText = ({ fault, ...rest }: JsonObject): string => visibleText(`${value(fault)} ${facts(rest)}`, 400)

const timeOf = (at: string): string => at.slice(11, 23)

/** One event in one line, for somebody who watches a landscape that is up; nothing for events that say nothing new. */
export function eventLine(event: RunEvent, paint: Paint): string | undefined {
  const time = paint('muted', timeOf(event.at))
  switch (event.type) {
    case 'journal': {
      const { entry } = event
      return `${time}  ${visibleText(entry.host).padEnd(10)} ${visibleText(entry.kind)}  ${paint('strong', visibleText(entry.type))}  ${visibleText(facts(entry.facts), 400)}`
    }
    case 'component-started': {
      return `${time}  ${visibleText(event.host).padEnd(10)} ${visibleText(event.kind)}  started, ${realnessText(event)}`
    }
    case 'component-stopped':
      return `${time}  ${visibleText(event.host).padEnd(10)} ${visibleText(event.kind)}  stopped`
    case 'fault-injected':
      return `${time}  ${paint('warn', `${visibleText(event.id)} on:`)} ${faultText(event.fault)}`
    case 'fault-cleared':
      return `${time}  ${paint('good', `${visibleText(event.id)} off:`)} ${faultText(event.fault)}`
    case 'run-started':
    case 'landscape-ready':
    case 'case-started':
    case 'case-finished':
    case 'run-finished':
      return undefined
  }
}

/** Prints what happens in a landscape that is up. */
export function liveReporter(target: { write(text: string): void; readonly colour: boolean }): Reporter {
  const paint = painter(target.colour)
  return {
    name: 'live',
    event(event) {
      const line = eventLine(event, paint)
      if (line !== undefined) target.write(`${line}\n`)
    },
  }
}
