import type { FlowSource } from '../landscape/kind.ts'
import type { Landscape } from '../landscape/landscape.ts'
import { type Html, html } from './html-text.ts'
import { type MapStatuses, statusOf } from './map-status.ts'

/** `vendor: …`, `requirement: …`: why a flow is believed to exist. */
export function sourceText(source: FlowSource): string {
  switch (source.type) {
    case 'requirement':
      return `requirement: ${source.document} › ${source.line} (named at its ${source.side === 'from' ? 'source' : 'target'})`
    case 'vendor':
      return `vendor: ${source.fact}`
    case 'assumed':
      return `assumed: ${source.why}`
  }
}

/** The table of flows: what the map draws, to the letter. */
export function flowsHtml(landscape: Landscape, statuses: MapStatuses): Html {
  const rows = landscape.flows.map((flow) => {
    const count = statuses.flow(flow)
    const status = statusOf(count)
    const cases = status === 'untouched' ? 'no case' : `${count.passed} passed, ${count.failed} failed`
    return html`<tr class="${status}" data-hosts="${flow.from} ${flow.to}"><td><span class="dot ${status}"></span>${flow.from}</td><td>${flow.to}</td><td class="number">${flow.port}${flow.protocol === 'udp' && '/udp'}</td><td>${flow.tls}</td><td>${flow.purpose}</td><td class="source">${flow.sources.map((source) => html`<div>${sourceText(source)}</div>`)}</td><td>${cases}</td></tr>
`
  })
  return html`<table class="flows"><thead><tr><th>From</th><th>To</th><th class="number">Port</th><th>TLS</th><th>Purpose</th><th>Source</th><th>Cases</th></tr></thead><tbody>${rows}</tbody></table>`
}
