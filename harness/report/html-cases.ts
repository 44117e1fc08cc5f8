import type { CaseResult, StepResult } from '../context/events.ts'
import type { JsonObject } from '../context/json.ts'
import { groupsOf } from './console-groups.ts'
import { evidenceLine, observationIn, observationLine } from './evidence.ts'
import { type Html, html } from './html-text.ts'
import { durationText, shortCountsOf } from './run-record.ts'

const marks = { passed: '✓', failed: '✗', skipped: '–' } as const

/** Every case of a run, in groups, those with failures first. */
export function casesHtml(results: readonly CaseResult[]): Html {
  const groups = [...groupsOf(results)].toSorted(([, a], [, b]) => failures(b) - failures(a))
  const slowestMs = Math.max(1, ...results.map((result) => result.durationMs))
  return html`${groups.map(([group, cases]) => groupHtml(group, cases, slowestMs))}`
}

const failures = (cases: readonly CaseResult[]): number => (cases.some(({ outcome }) => outcome === 'failed') ? 1 : 0)

function groupHtml(group: string, cases: readonly CaseResult[], slowestMs: number): Html {
  const ordered = cases.toSorted((a, b) => failures([b]) - failures([a]))
  return html`<section class="group"><h3>${group} <small>${shortCountsOf(cases)}</small></h3>
${ordered.map((result) => caseHtml(result, slowestMs))}</section>
`
}

function caseHtml(result: CaseResult, slowestMs: number): Html {
  const hosts = Object.entries(result.hosts)
  const open = result.outcome === 'failed' ? html` open` : ''
  const share = Math.max(1, Math.round((100 * result.durationMs) / slowestMs))
  return html`<details class="case ${result.outcome}" data-outcome="${result.outcome}" data-hosts="${Object.values(result.hosts).join(' ')}"${open}>
<summary><span class="mark">${marks[result.outcome]}</span><span class="title">${result.title}${result.expected && html` <em class="expected">failed as expected</em>`}</span>
<span class="hosts">${hosts.map(([role, host]) => html`<span class="host" title="${role}">${host}</span>`)}</span>
<span class="time"><svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="4"/></svg>${durationText(result.durationMs)}</span></summary>
<div class="body"><dl><dt>Case</dt><dd><code>${result.id}</code></dd><dt>Requirement</dt><dd>${result.requirement}</dd></dl>
${result.reason !== undefined && html`<pre class="reason">${result.reason}</pre>`}
${result.steps.length > 0 && html`<ol class="steps">${result.steps.map(stepHtml)}</ol>`}</div></details>
`
}

const stepHtml = (step: StepResult): Html =>
  html`<li class="${step.outcome}">${
    step.title
      ? html`<span class="mark">${marks[step.outcome]}</span><span class="title">${step.title}</span><span class="time">${durationText(step.durationMs)}</span>`
      : html`<span class="time">seen outside the steps</span>`
  }${step.evidence.length > 0 && html`<ul class="evidence">${step.evidence.map(evidenceHtml)}</ul>`}</li>`

function evidenceHtml(evidence: JsonObject): Html {
  const seen = observationIn(evidence)
  const json = JSON.stringify(evidence, undefined, 2)
  if (!seen)
    return html`<li><details><summary>${shortened(evidenceLine(evidence))}</summary><pre>${json}</pre></details></li>`
  return html`<li class="${seen.ok ? 'passed' : 'failed'}"><details><summary>${observationLine(seen)} <span class="time">${durationText(seen.durationMs)}</span></summary><pre>${json}</pre></details></li>`
}

const shortened = (text: string): string => (text.length > 240 ? `${text.slice(0, 239)}…` : text)
