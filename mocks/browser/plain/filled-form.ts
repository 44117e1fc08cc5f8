import type { HTMLElement } from 'node-html-parser'
import type { FormFields } from '../actions.ts'
import { notOnPage } from '../not-on-page.ts'
import { addressOf, controlsOf, type Document, formName, typeOf } from './document.ts'

/** A request as a form makes it. */
export interface Submission {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly body?: string
}

const buttons = new Set(['submit', 'image', 'button', 'reset'])

/** The form that is meant: by its name, else the first that has every field asked for, else the only one. */
export function findForm(document: Document, name: string | undefined, fields: readonly string[]): HTMLElement {
  const { forms } = document
  if (name !== undefined) {
    const found = forms.find((form) => form.getAttribute('id') === name || form.getAttribute('name') === name)
    if (found) return found
    throw notOnPage(`the page has no form "${name}"; it has ${listed(forms.map(formName))}`)
  }
  const names = (form: HTMLElement) => new Set(controlsOf(document, form).map((one) => one.getAttribute('name')))
  const found = forms.find((form) => fields.every((field) => names(form).has(field)))
  if (found) return found
  throw notOnPage(
    forms.length === 0
      ? 'the page has no form'
      : `no form of the page has ${listed(fields)}; its fields are ${listed(forms.flatMap((form) => [...names(form)]))}`,
  )
}

/** Refuses a field that the form has not got. */
export function checkFields(document: Document, form: HTMLElement, fields: readonly string[]): void {
  const known = new Set(controlsOf(document, form).map((one) => one.getAttribute('name')))
  const unknown = fields.filter((field) => !known.has(field))
  if (unknown.length > 0) throw notOnPage(`the form has no ${listed(unknown)}; its fields are ${listed([...known])}`)
}

/** What the form sends (HTML, 4.10.22.4): hidden fields and defaults, what was filled in, and the button pressed. */
export function submission(
  document: Document,
  form: HTMLElement,
  filled: FormFields,
  button: string | undefined,
): Submission {
  const controls = controlsOf(document, form).filter((control) => !control.hasAttribute('disabled'))
  const pressed = controls.find(
    (control) => typeOf(control) === 'submit' && (button === undefined || control.getAttribute('name') === button),
  )
  if (button !== undefined && !pressed) throw notOnPage(`the form has no button "${button}"`)
  const sent = new URLSearchParams()
  for (const control of controls) {
    const name = control.getAttribute('name') ?? ''
    for (const value of valuesOf(control, control === pressed, filled[name])) sent.append(name, value)
  }
  const url = addressOf(form.getAttribute('action') ?? '', document.base) ?? document.base
  if ((form.getAttribute('method') ?? 'get').toLowerCase() === 'post') {
    const encoding = (form.getAttribute('enctype') ?? '').toLowerCase()
    if (encoding.startsWith('multipart/')) throw notOnPage('the plain browser sends no multipart forms')
    return { url, method: 'POST', body: sent.toString() }
  }
  const target = new URL(url)
  target.search = sent.toString()
  return { url: target.href, method: 'GET' }
}

function valuesOf(control: HTMLElement, pressed: boolean, filled: string | boolean | undefined): readonly string[] {
  const type = typeOf(control)
  const value = control.getAttribute('value')
  if (buttons.has(type)) return pressed ? [value ?? ''] : []
  if (type === 'checkbox' || type === 'radio') {
    const chosen = value ?? 'on'
    const ticked = typeof filled === 'string' ? filled === chosen : (filled ?? control.hasAttribute('checked'))
    return ticked ? [chosen] : []
  }
  if (typeof filled === 'string') return [filled]
  if (type === 'select') return selected(control)
  return [type === 'textarea' ? control.text : (value ?? '')]
}

function selected(control: HTMLElement): readonly string[] {
  const options = control.querySelectorAll('option')
  const chosen = options.filter((option) => option.hasAttribute('selected'))
  const first = control.hasAttribute('multiple') ? [] : options.slice(0, 1)
  return (chosen.length > 0 ? chosen : first).map((option) => option.getAttribute('value') ?? option.text.trim())
}

const listed = (names: readonly (string | undefined)[]): string =>
  names.length === 0 ? 'none' : names.map((name) => `"${name ?? ''}"`).join(', ')
