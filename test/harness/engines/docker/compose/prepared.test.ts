import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../../../harness/context/random.ts'
import { exportCompose } from '../../../../../harness/engines/docker/compose/export-compose.ts'
import { readPrepared } from '../../../../../harness/engines/docker/compose/prepared.ts'
import { kinds, loadLandscape } from '../../../../../harness/standard.ts'

/** What a host of an export reads, in a folder of the test's own. */
async function mounted(change: (file: string, text: string) => void = writeFileSync) {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'landscape-prepared-'))
  const image = { name: 'hosts:1', entry: '/entry.ts' }
  const landscape = await loadLandscape('password-secure')
  const { files } = await exportCompose({ landscape, kinds, image, random: seededRandom(1) })
  const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? ''
  const at = { landscape: join(folder.path, 'landscape.json'), authorities: join(folder.path, 'authorities.json') }
  writeFileSync(at.authorities, textOf('secrets/app1.json'))
  change(at.landscape, textOf('secrets/landscape.json'))
  return { landscape, read: () => readPrepared(at), [Symbol.dispose]: () => folder.remove() }
}

test('a host reads the landscape as it was exported, and authorities of its own', async () => {
  using host = await mounted()
  const { landscape, authorities } = host.read()
  expect(landscape.landscape).toEqual(JSON.parse(JSON.stringify(host.landscape)))
  expect(landscape.computers.map(({ name }) => name)).toContain('APP1$')
  expect(authorities.landscape.key).toMatch(/^-----BEGIN PRIVATE KEY-----/)
  expect(authorities.public.root).not.toBe(authorities.landscape.root)
})

test.each([
  ['is missing', () => {}, 'secrets/ of the export is not there'],
  [
    'is the folder that the engine makes of it',
    (file: string) => mkdirSync(file),
    'secrets/ of the export is not there',
  ],
  [
    'is of another version',
    (file: string, text: string) => writeFileSync(file, text.replace('"format":2', '"format":0')),
    'export the landscape again for this image',
  ],
  [
    'is cut short',
    (file: string, text: string) => writeFileSync(file, text.slice(0, 100)),
    'export the landscape again for this image',
  ],
])('a file that %s is told with what to do', async (_how, change, advice) => {
  using host = await mounted(change)
  expect(host.read).toThrow(
    expect.objectContaining({ code: 'file-unreadable', message: expect.stringContaining(advice) }),
  )
})
