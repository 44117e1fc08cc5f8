/** Keys by which texts compare and sort as their collation says; SQLite compares the keys byte by byte. */
import type { Collation } from '../../tds/collation.ts'

export type KeyName = 'k_ci_as' | 'k_ci_ai' | 'k_cs_as' | 'k_cs_ai' | 'k_bin'

export function keyNameOf(collation: Collation): KeyName {
  if (collation.binary) return 'k_bin'
  if (collation.ignoreCase) return collation.ignoreAccent ? 'k_ci_ai' : 'k_ci_as'
  return collation.ignoreAccent ? 'k_cs_ai' : 'k_cs_as'
}

const marks = /\p{M}/gu

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** Trailing blanks never count. */
export function trimmed(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 32) end -= 1
  return end === text.length ? text : text.slice(0, end)
}

const baseOf = (folded: string): string =>
  isAscii(folded) ? folded : folded.normalize('NFD').replace(marks, '').replaceAll('ß', 'ss')

/** First the letters alone, then accents, then case: each level counts only where the ones before are equal. */
const keys: Readonly<Record<KeyName, (text: string) => string>> = {
  k_bin: trimmed,
  k_ci_ai: (text) => baseOf(trimmed(text).toLowerCase()),
  k_ci_as: (text) => {
    const folded = trimmed(text).toLowerCase()
    return isAscii(folded) ? folded : `${baseOf(folded)}\u0000${folded.normalize('NFC')}`
  },
  k_cs_ai: (text) => {
    const plain = trimmed(text)
    const folded = plain.toLowerCase()
    return `${baseOf(folded)}\u0000${swapCase(baseOf(plain))}`
  },
  k_cs_as: (text) => {
    const plain = trimmed(text)
    const folded = plain.toLowerCase()
    const accents = isAscii(folded) ? '' : folded.normalize('NFC')
    return `${baseOf(folded)}\u0000${accents}\u0000${swapCase(plain)}`
  },
}

/** Small letters sort before their capitals. */
function swapCase(text: string): string {
  const upper = text.toUpperCase()
  return upper.length === text.length
    ? [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('')
    : text
}

export const textKey = (name: KeyName, text: string): string => keys[name](text)
