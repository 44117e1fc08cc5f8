import { type Html, html } from './html-text.ts'
import { realnessText } from './realness-text.ts'
import { durationText, type RunRecord } from './run-record.ts'

/** The table of components: which is the vendor's own program, and in which version. */
export function componentsHtml({ components }: Pick<RunRecord, 'components'>): Html {
  const rows = components.map((component) => {
    const { host, kind, elapsedMs, warning } = component
    return html`<tr data-hosts="${host}"><td>${host}</td><td>${kind}</td><td>${realnessText(component)}</td><td class="number">${durationText(elapsedMs)}</td><td>${warning ?? ''}</td></tr>
`
  })
  return html`<table class="components"><thead><tr><th>Host</th><th>Component</th><th>Program</th><th class="number">Started in</th><th>Note</th></tr></thead><tbody>${rows}</tbody></table>`
}
