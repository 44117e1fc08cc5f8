import { escapeHtml } from '../context/escape-html.ts'

/** Markup that is safe to stand in a document: made by `html` alone. */
export class Html {
  readonly #markup: string
  constructor(markup: string) {
    this.#markup = markup
  }
  toString(): string {
    return this.#markup
  }
}

export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[]

/** Text for content and quoted attributes. Control characters, which a page would swallow, become visible. */
export const htmlText = (text: string): string =>
  escapeHtml(
    text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (character) =>
      character === '\n' || character === '\t' ? character : '\uFFFD',
    ),
  )

function markupOf(part: HtmlPart): string {
  if (part instanceof Html) return part.toString()
  if (part === undefined || part === false) return ''
  if (typeof part === 'string') return htmlText(part)
  if (typeof part === 'number') return String(part)
  return part.map(markupOf).join('')
}

/** A template in which everything put in is escaped, unless it is markup from here itself. Attributes must be quoted. */
export const html = (strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html =>
  new Html(strings.map((text, index) => text + (index < parts.length ? markupOf(parts[index]) : '')).join(''))

/** Our own text that must stand unescaped: the style and the script. Never text from elsewhere. */
export const trustedMarkup = (markup: string): Html => new Html(markup)
