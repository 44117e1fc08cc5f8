/** As in Chromium (Blink's `kMaximumHTMLParserDOMTreeDepth`); what it hangs up flat beyond that is text here. */
const MAX_DEPTH = 512
/** Many times those of a page of the products. */
const MAX_TAGS = 10_000

/** Elements without an end, and those that the parser ends at the next of their kind. */
const endless = new Set(
  'area base br col dd dt embed hr img input li link meta p source tbody td th thead tr track wbr'.split(' '),
)

// A comment or a CDATA section that nobody ends goes to the page's end.
const TAG_OR_COMMENT = /<!--(?:[\s\S]*?-->|[\s\S]*$)|<!\[CDATA\[(?:[\s\S]*?\]\]>|[\s\S]*$)|<(\/?)([a-z][a-z0-9-]*)/gi

/**
 * A page whose elements are too many, or too deep within each other, is text from there on, and one with a comment that does
 * not end goes up to it: the parser's time grows with the square of all three, and every host of the process would wait.
 */
export function boundedHtml(html: string): string {
  const open = new Map<string, number>()
  let depth = 0
  let tags = 0
  for (const { 0: found, 1: slash, 2: tag, index } of html.matchAll(TAG_OR_COMMENT)) {
    if (tag === undefined) {
      if (!/(?:--|\]\])>$/.test(found)) return html.slice(0, index)
      continue
    }
    tags += 1
    if (tags > MAX_TAGS) return withTextAfter(html, index)
    const name = tag.toLowerCase()
    const ends = slash === '/'
    // An end of what was never begun ends nothing.
    if (endless.has(name) || (ends && !open.get(name))) continue
    open.set(name, (open.get(name) ?? 0) + (ends ? -1 : 1))
    depth += ends ? -1 : 1
    if (depth > MAX_DEPTH) return withTextAfter(html, index)
  }
  return html
}

const withTextAfter = (html: string, index: number): string =>
  html.slice(0, index) + html.slice(index).replace(/<[^<>]*>?/g, ' ')
