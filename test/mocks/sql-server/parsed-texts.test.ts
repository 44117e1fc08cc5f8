import { expect, test } from 'vitest'
import { ParsedTexts } from '../../../mocks/sql-server/engine/execute/parsed-texts.ts'

/** How often each text was parsed. */
function counting() {
  const texts = new ParsedTexts<object>()
  const parsed = new Map<string, number>()
  const get = (text: string) =>
    texts.get(text, () => {
      parsed.set(text, (parsed.get(text) ?? 0) + 1)
      return {}
    })
  return { get, parsed }
}

test('a text is parsed once, and what is in use stays however many others come', () => {
  const { get, parsed } = counting()
  const first = get('SELECT 1')
  for (let i = 0; i < 5000; i++) {
    get(`SELECT ${i + 2}`)
    expect(get('SELECT 1')).toBe(first)
  }
  expect(parsed.get('SELECT 1')).toBe(1)
})

test('what nobody asks for goes: by number, by length; a huge text is never kept', () => {
  const { get, parsed } = counting()
  get('rare')
  for (let i = 0; i < 1001; i++) get(`SELECT ${i}`)
  get('rare')
  expect(parsed.get('rare')).toBe(2)
  const long = (i: number) => String(i).padEnd(32 * 1024, 'x')
  get('other')
  for (let i = 0; i < 130; i++) get(long(i))
  get('other')
  expect(parsed.get('other')).toBe(2)
  const huge = 'y'.repeat(33 * 1024)
  get(huge)
  get(huge)
  expect(parsed.get(huge)).toBe(2)
})
