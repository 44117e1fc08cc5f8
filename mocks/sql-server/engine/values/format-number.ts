/** FORMAT of numbers, by .NET's standard and custom format strings. */

import type { Culture } from './culture.ts'
import { rescale } from './decimal-math.ts'

/** A number in tenth powers. */
export interface Digits {
  readonly unscaled: bigint
  readonly scale: number
  readonly whole: boolean
}

/** Sign, whole part and fraction of a number rounded to some places. */
function cut({ unscaled, scale }: Digits, places: number): { negative: boolean; whole: string; fraction: string } {
  const rounded = rescale(unscaled, scale, places)
  const text = (rounded < 0n ? -rounded : rounded).toString().padStart(places + 1, '0')
  return {
    negative: rounded < 0n,
    whole: text.slice(0, text.length - places),
    fraction: places === 0 ? '' : text.slice(-places),
  }
}

const inThrees = (whole: string, mark: string): string => whole.replace(/\B(?=(\d{3})+$)/g, mark)

export function formatNumber(value: Digits, format: string, culture: Culture): string | null {
  const standard = /^([A-Za-z])(\d{0,2})$/.exec(format)
  if (!standard) return custom(value, format, culture)
  const places = standard[2] === '' ? undefined : Number(standard[2])
  const fixed = (digits: number, mark: string, of = value): string => {
    const { whole, fraction } = cut(of, digits)
    return `${inThrees(whole, mark)}${fraction === '' ? '' : culture.point + fraction}`
  }
  const sign = (digits: number, of = value): string => (cut(of, digits).negative ? '-' : '')
  switch (standard[1]?.toUpperCase()) {
    case 'C': {
      const digits = places ?? 2
      return culture.currency[sign(digits) === '' ? 0 : 1].replace('n', () => fixed(digits, culture.group))
    }
    case 'D':
      if (!value.whole) return null
      return sign(0) + cut(value, 0).whole.padStart(places ?? 0, '0')
    case 'F':
      return sign(places ?? 2) + fixed(places ?? 2, '')
    case 'N':
      return sign(places ?? 2) + fixed(places ?? 2, culture.group)
    case 'P': {
      const hundred = { ...value, unscaled: value.unscaled * 100n }
      return sign(places ?? 2, hundred) + culture.percent.replace('n', () => fixed(places ?? 2, culture.group, hundred))
    }
    case 'E': {
      const number = Number(`${value.unscaled}e-${value.scale}`)
      const [mantissa = '', power = '0'] = number.toExponential(places ?? 6).split('e')
      const size = power.replace(/^[+-]/, '').padStart(3, '0')
      return `${mantissa.replace('.', culture.point)}${standard[1]}${power.startsWith('-') ? '-' : '+'}${size}`
    }
    case 'G': {
      if (places !== undefined && places > 0)
        return String(Number(Number(`${value.unscaled}e-${value.scale}`).toPrecision(places))).replace(
          '.',
          culture.point,
        )
      return sign(value.scale) + fixed(value.scale, '')
    }
    case 'X': {
      if (!value.whole) return null
      const bits =
        value.unscaled < 0n
          ? BigInt.asUintN(value.unscaled >= -2_147_483_648n ? 32 : 64, value.unscaled)
          : value.unscaled
      const hex = bits.toString(16).padStart(places ?? 0, '0')
      return standard[1] === 'X' ? hex.toUpperCase() : hex
    }
    default:
      return null
  }
}

interface Section {
  readonly tokens: readonly (string | { readonly text: string })[]
  readonly decimals: number
  /** Digits behind the point that stand even when they are zero. */
  readonly least: number
  /** Places before the point, and how many of them stand even when they are zero. */
  readonly places: number
  readonly wholePlaces: number
  readonly group: boolean
  readonly scale: bigint
}

const tokenPattern = /'[^']*'|"[^"]*"|\\.|[\s\S]/g

/** Sections for positive, negative and zero, parted by semicolons outside quotes. */
function custom(value: Digits, format: string, culture: Culture): string | null {
  const parts = format.match(/(?:'[^']*'|"[^"]*"|\\.|[^;'"\\])+/g) ?? ['']
  const negative = value.unscaled < 0n
  const own = negative && parts.length > 1 && (parts[1] ?? '') !== ''
  const text = value.unscaled === 0n && parts.length > 2 ? parts[2] : own ? parts[1] : parts[0]
  const section = sectionOf(text ?? '')
  const shown = { ...value, unscaled: (negative ? -value.unscaled : value.unscaled) * section.scale }
  const { whole, fraction } = cut(shown, section.decimals)
  let kept = fraction
  while (kept.length > section.least && kept.endsWith('0')) kept = kept.slice(0, -1)
  const digits = (whole === '0' ? '' : whole).padStart(section.wholePlaces, '0')
  const minus = negative && !own && /[1-9]/.test(whole + kept) ? '-' : ''
  return minus + placed(section, digits, kept, culture)
}

/** Each place takes its digit; the first takes those that have none. */
function placed(section: Section, digits: string, fraction: string, culture: Culture): string {
  let place = 0
  let point = false
  return section.tokens
    .map((token) => {
      if (typeof token !== 'string') return token.text
      if (token === '.') {
        point = true
        place = 0
        return fraction === '' ? '' : culture.point
      }
      place += 1
      if (point) return fraction[place - 1] ?? ''
      const end = digits.length - (section.places - place)
      const start = place === 1 ? 0 : end - 1
      const own = digits.slice(Math.max(0, start), Math.max(0, end))
      if (!section.group) return own
      return [...own].map((digit, i) => grouped(digit, digits.length - Math.max(0, start) - i - 1, culture)).join('')
    })
    .join('')
}

const grouped = (digit: string, behind: number, { group }: Culture): string =>
  behind > 0 && behind % 3 === 0 ? digit + group : digit

function sectionOf(text: string): Section {
  const tokens: (string | { readonly text: string })[] = []
  let [before, after, group, percent, point] = ['', '', false, false, false]
  for (const [token] of text.matchAll(tokenPattern)) {
    if (token === '0' || token === '#') {
      if (point) after += token
      else before += token
      tokens.push(token)
    } else if (token === ',') group ||= before !== '' && !point
    else if (token === '.') {
      if (!point) tokens.push('.')
      point = true
    } else {
      percent ||= token === '%'
      tokens.push({ text: /^['"]./.test(token) ? token.slice(1, -1) : token.startsWith('\\') ? token.slice(1) : token })
    }
  }
  const first = before.indexOf('0')
  return {
    tokens,
    decimals: after.length,
    least: after.lastIndexOf('0') + 1,
    places: before.length,
    wholePlaces: first === -1 ? 0 : before.length - first,
    group,
    scale: percent ? 100n : 1n,
  }
}
