import { HTMLElement, type Node, NodeType, parse } from 'node-html-parser'
import { type FormFacts, pageLimits } from '../page.ts'
import { boundedHtml } from './bounded-html.ts'

/** What the plain browser makes of a page: no script of it runs. */
export interface Document {
  readonly root: HTMLElement
  /** Against which the page's addresses are read: its own, or its `base` element's. */
  readonly base: string
  readonly title: string
  readonly text: string
  readonly forms: readonly HTMLElement[]
  readonly links: readonly { readonly text: string; readonly url: string }[]
}

const { textCharacters, nameCharacters } = pageLimits
const invisible = new Set(['script', 'style', 'noscript', 'template', 'head', 'title'])
const blocks = new Set(
  'address article aside blockquote body br dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section table td th tr ul'.split(
    ' ',
  ),
)

export function readDocument(html: string, url: string): Document {
  const root = parse(boundedHtml(html), { blockTextElements: { script: true, style: true, noscript: true, pre: true } })
  const base = addressOf(root.querySelector('base')?.getAttribute('href') ?? '', url) ?? url
  return {
    root,
    base,
    title: squeezed(root.querySelector('title')?.text ?? '').slice(0, nameCharacters),
    text: visibleText(root).slice(0, textCharacters),
    forms: root.querySelectorAll('form'),
    links: root.querySelectorAll('a[href]').flatMap((link) => {
      const address = addressOf(link.getAttribute('href') ?? '', base)
      return address === undefined ? [] : [{ text: squeezed(link.text).slice(0, nameCharacters), url: address }]
    }),
  }
}

/** What is no HTML is shown as it is. */
export const plainText = (text: string, url: string): Document => ({
  ...readDocument('', url),
  text: text.slice(0, textCharacters),
})

/** An address of the page made whole; undefined for one that leads nowhere a browser goes. */
export function addressOf(written: string, base: string): string | undefined {
  const found = URL.parse(written.trim(), base)
  return found && /^https?:$/.test(found.protocol) ? found.href : undefined
}

export const formName = (form: HTMLElement): string => form.getAttribute('id') || form.getAttribute('name') || ''

/** The controls of a form that have a name, those elsewhere in the page that name the form among them. */
export function controlsOf(document: Document, form: HTMLElement): readonly HTMLElement[] {
  const id = form.getAttribute('id')
  const elsewhere = id ? document.root.querySelectorAll('[form]').filter((one) => one.getAttribute('form') === id) : []
  return [...form.querySelectorAll('input, select, textarea, button'), ...elsewhere].filter((one) =>
    one.getAttribute('name'),
  )
}

export const typeOf = (control: HTMLElement): string =>
  control.rawTagName.toLowerCase() === 'input'
    ? (control.getAttribute('type') ?? 'text').toLowerCase()
    : control.rawTagName.toLowerCase() === 'button'
      ? (control.getAttribute('type') ?? 'submit').toLowerCase()
      : control.rawTagName.toLowerCase()

export const formFactsOf = (document: Document, form: HTMLElement): FormFacts => ({
  name: formName(form).slice(0, nameCharacters),
  method: (form.getAttribute('method') ?? 'get').toLowerCase(),
  action: addressOf(form.getAttribute('action') ?? '', document.base) ?? '',
  fields: controlsOf(document, form)
    .slice(0, pageLimits.fields)
    .map((control) => ({
      name: (control.getAttribute('name') ?? '').slice(0, nameCharacters),
      type: typeOf(control).slice(0, nameCharacters),
    })),
})

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

function visibleText(root: HTMLElement): string {
  const parts: string[] = []
  const walk = (node: Node): void => {
    // The parser takes the document's type for text.
    if (node.nodeType === NodeType.TEXT_NODE && !/^\s*<!doctype\b/i.test(node.rawText))
      parts.push(node.text.replaceAll(/\s+/g, ' '))
    if (!(node instanceof HTMLElement)) return
    const tag = node.rawTagName?.toLowerCase() ?? ''
    if (invisible.has(tag) || node.hasAttribute('hidden')) return
    if (blocks.has(tag)) parts.push('\n')
    for (const child of node.childNodes) walk(child)
    if (blocks.has(tag)) parts.push('\n')
  }
  walk(root)
  const lines = parts.join('').split('\n').map(squeezed)
  return lines.filter((line) => line !== '').join('\n')
}
