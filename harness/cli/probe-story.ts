import type { Json, JsonObject } from '../context/json.ts'
import type { Observation } from '../probes/observation.ts'
import { observationLine } from '../report/evidence.ts'
import { painter } from '../report/paint.ts'
import { durationText } from '../report/run-record.ts'
import { visibleText } from '../report/visible-text.ts'
import { briefFacts } from './brief-facts.ts'

interface StoryOptions {
  readonly colour: boolean
  /** Every fact, uncut. */
  readonly verbose: boolean
}

/** What a probe saw, for a person: how it went in the first line, then what was learned. */
export function probeStory(seen: Observation, { colour, verbose }: StoryOptions): string {
  const paint = painter(colour)
  const { http } = seen.facts
  const status = isGroup(http) && http.status !== undefined ? `, status ${shown(http.status)}` : ''
  const head = paint(seen.ok ? 'good' : 'bad', visibleText(observationLine(seen)) + status)
  const facts = verbose ? seen.facts : briefFacts(seen.facts)
  const isWhole = JSON.stringify(facts).length === JSON.stringify(seen.facts).length
  const more = isWhole ? [] : [paint('muted', '  everything: --verbose or --json')]
  return [`${head}  ${durationText(seen.durationMs)}`, ...factLines(facts, '  '), ...more, ''].join('\n')
}

const isGroup = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function factLines(facts: JsonObject, indent: string): string[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return []
    const name = visibleText(key)
    if (isGroup(value)) return [`${indent}${name}`, ...factLines(value, `${indent}  `)]
    if (Array.isArray(value) && value.some(isGroup)) {
      const items = value.flatMap((item: Json, index) =>
        isGroup(item)
          ? [`${indent}  ${index + 1}.`, ...factLines(item, `${indent}    `)]
          : [`${indent}  ${shown(item)}`],
      )
      return [`${indent}${name}`, ...items]
    }
    return [`${indent}${name}: ${shown(value)}`]
  })
}

function shown(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map(shown).join(', ')
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value ?? null), 4000)
}
