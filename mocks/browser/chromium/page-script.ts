import { z } from 'zod'
import { formFacts, pageLimits } from '../page.ts'

/** What is asked of a page from within. Written as texts: they run in Chromium, not here. */

export const seenOnPage = z.object({
  text: z.string(),
  forms: z.array(formFacts),
  links: z.array(z.object({ text: z.string(), url: z.string() })),
})

const { textCharacters, nameCharacters, forms, fields, links } = pageLimits

export const READ_PAGE = `(() => {
  const short = (text) => String(text ?? '').trim().slice(0, ${nameCharacters})
  const fieldsOf = (form) => [...form.elements].filter((one) => one.name).slice(0, ${fields})
    .map((one) => ({ name: short(one.name), type: short(one.type) }))
  return {
    text: (document.body?.innerText ?? '').slice(0, ${textCharacters}),
    forms: [...document.forms].slice(0, ${forms}).map((form) => ({
      name: short(form.getAttribute('id') || form.getAttribute('name')),
      method: short(form.method),
      action: short(form.getAttribute('action') === null ? location.href : new URL(form.getAttribute('action'), document.baseURI).href),
      fields: fieldsOf(form),
    })),
    links: [...document.links].filter((link) => /^https?:$/.test(link.protocol)).slice(0, ${links})
      .map((link) => ({ text: short(link.innerText), url: link.href })),
  }
})()`

/** Which form is meant; -1 for none. */
export const findFormScript = (name: string | undefined, wanted: readonly string[]): string => `(() => {
  const name = ${JSON.stringify(name ?? null)}
  const wanted = ${JSON.stringify(wanted)}
  const forms = [...document.forms]
  if (name !== null) return forms.findIndex((form) => form.getAttribute('id') === name || form.getAttribute('name') === name)
  return forms.findIndex((form) => wanted.every((field) => [...form.elements].some((one) => one.name === field)))
})()`

/** Submits as the button does, and tells whether a page follows: a script may keep it, and a field may be wrong. */
export const submitScript = (form: number, button: string | undefined): string => `new Promise((resolve) => {
  const form = document.forms[${form}]
  const name = ${JSON.stringify(button ?? null)}
  const buttons = [...form.elements].filter((one) => one.type === 'submit' || one.type === 'image')
  const button = name === null ? buttons[0] : buttons.find((one) => one.name === name)
  if (name !== null && !button) return resolve('no-button')
  addEventListener('submit', (event) => resolve(event.defaultPrevented ? 'kept' : 'sent'), { once: true })
  form.addEventListener('invalid', () => resolve('invalid'), { once: true, capture: true })
  form.requestSubmit(button ?? null)
})`

export const submitted = z.enum(['sent', 'kept', 'invalid', 'no-button'])

export const fetched = z.union([z.object({ status: z.int(), text: z.string() }), z.object({ error: z.string() })])

export const fetchScript = (request: {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly credentials: string
  readonly timeoutMs: number
}): string => {
  const { url, timeoutMs, ...options } = request
  return `fetch(${JSON.stringify(url)}, { ...${JSON.stringify(options)}, redirect: 'follow', signal: AbortSignal.timeout(${timeoutMs}) })
  .then(async (answer) => ({ status: answer.status, text: (await answer.text()).slice(0, ${textCharacters}) }))
  .catch((error) => ({ error: String(error) }))`
}
