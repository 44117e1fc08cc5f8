import { stripVTControlCharacters } from 'node:util'

/** Text from the network for a terminal: no escape sequences, no control or direction-changing characters, one line. */
export function visibleText(text: string, maxLength = 2000): string {
  const clean = stripVTControlCharacters(text)
    .replaceAll(/\s+/g, ' ')
    // Control characters, and the marks that reorder a line.
    .replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD')
    .trim()
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean
}
