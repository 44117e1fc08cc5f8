import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { imageUses } from '../../../../harness/engines/docker/images/image-uses.ts'
import { oldOf } from '../../../../harness/engines/docker/images/old-images.ts'

const HOUR = 3_600_000
const NOW = 1000 * HOUR

/** Images that were last used so many hours ago. */
const usedAgo = (...hours: readonly number[]) =>
  hours.map((ago) => ({ name: `used ${ago} h ago`, usedAt: NOW - ago * HOUR }))

const namesOf = (images: readonly { readonly name: string }[]) => images.map(({ name }) => name)

test('the newest five stay, however old they are', () => {
  expect(oldOf(usedAgo(900, 800, 700, 600, 500), NOW)).toEqual([])
  expect(namesOf(oldOf(usedAgo(900, 800, 700, 600, 500, 1), NOW))).toEqual(['used 900 h ago'])
})

test('what somebody has used within two hours stays, however many there are', () => {
  expect(namesOf(oldOf(usedAgo(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1.9, 2.1, 30), NOW))).toEqual([
    'used 2.1 h ago',
    'used 30 h ago',
  ])
})

test('an image that is asked for again counts as new', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-uses-'))
  try {
    const name = 'landscape-lab/host:0123456789abcdef'
    const before = Date.now() - 1000
    expect(imageUses(folder).lastUse(name)).toBeUndefined()
    imageUses(folder).mark(name)
    expect(imageUses(folder).lastUse(name)).toBeGreaterThan(before)
    imageUses(folder).forget(name)
    expect(imageUses(folder).lastUse(name)).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
