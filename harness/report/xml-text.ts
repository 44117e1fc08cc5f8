// Everything outside of the production Char (XML 1.0, fifth edition, section 2.2), lone surrogates included.
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
])

/** Text as content of an element. What XML cannot carry at all becomes U+FFFD. */
export const xmlText = (text: string): string =>
  text.replaceAll(NOT_XML, '\uFFFD').replaceAll(/[&<>"']/g, (character) => entities.get(character) ?? character)

/** Text as value of an attribute: line breaks and tabs kept as references (section 3.3.3 would make them spaces). */
export const xmlAttribute = (text: string): string =>
  xmlText(text).replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)

/** ` name="value"` for each that has a value. */
export const xmlAttributes = (attributes: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${xmlAttribute(String(value))}"`)
    .join('')
