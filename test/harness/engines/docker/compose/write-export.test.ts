import { mkdtempDisposableSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openExportFolder, writeExport } from '../../../../../harness/engines/docker/compose/write-export.ts'

const files = [
  { path: 'README.md', text: 'read me', secret: false },
  { path: 'secrets/app1.json', text: 'a key', secret: true },
]

const modeOf = (path: string): number => statSync(path).mode & 0o777

test.skipIf(process.platform === 'win32')('what is secret is its owner’s alone, also where a file stood before', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'landscape-export-'))
  const to = join(folder.path, 'lab')
  const elsewhere = join(folder.path, 'elsewhere')
  writeFileSync(elsewhere, 'another’s')
  openExportFolder(to, false)
  writeExport(to, files)
  symlinkSync(elsewhere, join(to, 'link'))
  openExportFolder(to, true)
  writeExport(to, [...files, { path: 'link', text: 'ours', secret: true }])
  expect(modeOf(join(to, 'secrets'))).toBe(0o700)
  expect(modeOf(join(to, 'secrets/app1.json'))).toBe(0o600)
  expect(modeOf(join(to, 'link'))).toBe(0o600)
  expect(readFileSync(elsewhere, 'utf8')).toBe('another’s')
  expect(readdirSync(to).sort()).toEqual(['README.md', 'link', 'secrets'])
})

test('a folder that holds anything is refused without --force, and left as it is', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'landscape-export-'))
  writeFileSync(join(folder.path, 'mine'), '')
  expect(() => openExportFolder(folder.path, false)).toThrow(/is not empty: name another folder, or say --force/)
  expect(() => openExportFolder(join(folder.path, 'mine'), false)).toThrow(/it is no folder/)
  openExportFolder(folder.path, true)
  expect(readdirSync(folder.path)).toEqual(['mine'])
})
