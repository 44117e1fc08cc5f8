import { createHash } from 'node:crypto'
import type { Landscape } from '../landscape/landscape.ts'
import { casesHtml } from './html-cases.ts'
import { componentsHtml } from './html-components.ts'
import { flowsHtml } from './html-flows.ts'
import { htmlScript } from './html-script.ts'
import { htmlStyle } from './html-style.ts'
import { type Html, html, trustedMarkup } from './html-text.ts'
import { mapSvg } from './map.ts'
import { mapStatuses } from './map-status.ts'
import type { Reporter } from './reporter.ts'
import { durationText, type RunRecord, runRecorder } from './run-record.ts'

/** What the page says of a run beside its events. */
export interface ReportedRun {
  readonly landscape: Landscape
  readonly notes: readonly string[]
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * A run as one file that asks nothing of the network. Its content security policy lets only its own style and script
 * work, so that text from the network stays text even if an escape were missing.
 */
export async function htmlDocument({ landscape, notes }: ReportedRun, record: RunRecord): Promise<string> {
  const statuses = mapStatuses(landscape, record.results)
  const policy = `default-src 'none'; style-src ${hashOf(htmlStyle)}; script-src ${hashOf(htmlScript)}; base-uri 'none'; form-action 'none'`
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${landscape.name}: ${outcomeText(record)}</title>
<style>${trustedMarkup(htmlStyle)}</style>
</head>
<body>
<header>${headerHtml(landscape, notes, record)}</header>
<main>
<section id="landscape"><h2>Landscape <small>${landscape.hosts.length} hosts, ${landscape.flows.length} flows</small><button type="button" id="zoom" hidden>100 %</button></h2>
<div class="map">${await mapSvg(landscape, statuses)}</div>
<p class="legend"><span class="dot passed"></span>every case that touched it passed <span class="dot failed"></span>a case failed <span class="dot untouched"></span>no case touched it</p>
</section>
<section id="cases"><h2>Scenarios</h2>
<div class="toolbar" role="search"><input type="search" id="search" placeholder="Search titles, hosts, requirements, evidence   ( / )" aria-label="Search">
<span class="outcomes">${(['failed', 'passed', 'skipped'] as const).map((outcome) => {
    const count = record.results.filter((result) => result.outcome === outcome).length
    return html`<button type="button" class="${outcome}" data-filter="${outcome}" aria-pressed="false">${count} ${outcome}</button>`
  })}</span><button type="button" id="host-filter" hidden></button><output id="shown"></output></div>
${casesHtml(record.results)}
<p id="nothing" hidden>No scenario fits the search.</p>
</section>
<section id="components"><h2>Components <small>real programs and simulated ones</small></h2><div class="scroll">${componentsHtml(record)}</div></section>
<section id="flows"><h2>Flows <small>every one that the firewall lets through</small></h2><div class="scroll">${flowsHtml(landscape, statuses)}</div></section>
</main>
${trustedMarkup(`<script>${htmlScript}</script>`)}
</body>
</html>
`
  return document.toString()
}

function outcomeText(record: RunRecord): string {
  const { summary } = record
  if (!summary) return 'did not finish'
  return summary.outcome === 'passed' ? 'passed' : summary.outcome === 'failed' ? 'failed' : 'interrupted'
}

function headerHtml(landscape: Landscape, known: readonly string[], record: RunRecord): Html {
  const { summary, started } = record
  const count = (outcome: 'passed' | 'failed' | 'skipped') =>
    summary?.[outcome] ?? record.results.filter((result) => result.outcome === outcome).length
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Engine', summary?.engine ?? started?.engine],
    ['Seed', String(summary?.seed ?? started?.seed ?? '')],
    ['Ready in', summary && durationText(summary.readyMs)],
    ['Scenarios in', summary && durationText(summary.durationMs)],
    ['Started', started?.at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
  ]
  const notes = [...(started?.notes ?? []), ...known]
  return html`<div class="headline"><h1>${landscape.name}</h1><span class="outcome ${outcomeText(record).replaceAll(' ', '-')}">${outcomeText(record)}</span></div>
<div class="tiles">${(['passed', 'failed', 'skipped'] as const).map(
    (outcome) =>
      html`<div class="tile ${outcome}${count(outcome) === 0 && ' zero'}"><b>${count(outcome)}</b>${outcome}</div>`,
  )}<dl>${facts.map(([name, value]) => value && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></div>
${landscape.faults.length > 0 && html`<p class="faults">Deviations: ${landscape.faults.map(({ fault, ...place }) => html`<code>${fault} ${placeText(place)}</code> `)}</p>`}
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`
}

const placeText = (place: object): string =>
  Object.entries(place)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')

/** The page for people: a drawn map, and every scenario with its steps, timings and evidence. */
export function htmlReporter(
  run: () => ReportedRun | undefined,
  write: (text: string) => void | Promise<void>,
): Reporter {
  const recorder = runRecorder()
  return {
    name: 'html',
    event: recorder.event,
    async finish() {
      const known = run()
      if (known) await write(await htmlDocument(known, recorder.record))
    },
  }
}
