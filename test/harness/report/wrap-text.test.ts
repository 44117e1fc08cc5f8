import { expect, test } from 'vitest'
import { wrapText } from '../../../harness/report/wrap-text.ts'

test('between words, the first line by its own indent', () => {
  const wish = { width: 30, indent: 2, hanging: 6 }
  expect(wrapText('one two three four five six seven eight nine ten', wish)).toEqual([
    '  one two three four five six',
    '      seven eight nine ten',
  ])
})

test('a word longer than a line ends behind a seam, or anywhere', () => {
  expect(wrapText('identity-manager/agent/resolves-the-server', { width: 30, indent: 0 })).toEqual([
    'identity-manager/agent/',
    'resolves-the-server',
  ])
  expect(wrapText('x'.repeat(70), { width: 30, indent: 0 })).toEqual(['x'.repeat(30), 'x'.repeat(30), 'x'.repeat(10)])
})

test('what is behind the last line allowed is cut, and said to be', () => {
  const lines = wrapText('word '.repeat(100).trim(), { width: 30, indent: 0, maxLines: 2 })
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/…$/)
  expect(lines[1]).toHaveLength(30)
})

test('without a width it is one line; nothing is one line too; the narrowest terminal still gets words', () => {
  expect(wrapText('a '.repeat(100), { width: undefined, indent: 3 })).toHaveLength(1)
  expect(wrapText('', { width: 80, indent: 3 })).toEqual(['   '])
  expect(wrapText('twenty characters go', { width: 5, indent: 0 })).toEqual(['twenty characters go'])
})
