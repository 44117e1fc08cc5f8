import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listHostFiles } from '../../../harness/host/list-host-files.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'host-files-'))
  await mkdir(join(root, 'C', 'Usercube', 'Work'), { recursive: true })
  await writeFile(join(root, 'C', 'Usercube', 'Work', 'b.csv'), '12345')
  await writeFile(join(root, 'C', 'Usercube', 'a.json'), '{}')
  await writeFile(join(root, 'key'), '1')
  await symlink(join(root, '..'), join(root, 'C', 'up'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const paths = async (folder?: string) => (await listHostFiles(root, 'im1', folder)).map(({ path }) => path)

test('all files, or those below a folder, as Windows names them; links are not followed', async () => {
  expect(await paths()).toEqual(['C:/Usercube/Work/b.csv', 'C:/Usercube/a.json', 'key'])
  for (const folder of ['C:/Usercube/Work', 'C:\\Usercube\\Work', 'C/Usercube/Work/', '/C/Usercube/./Work']) {
    expect(await paths(folder), folder).toEqual(['C:/Usercube/Work/b.csv'])
  }
  expect((await listHostFiles(root, 'im1', 'C:/Usercube/Work'))[0]).toMatchObject({ bytes: 5 })
})

test('a folder that is not there, or outside, is refused; a host without files has none', async () => {
  await expect(paths('C:/Usercub')).rejects.toThrow('im1 has no folder "C:/Usercub"')
  await expect(paths('key')).rejects.toThrow('im1 has no folder "key"')
  for (const folder of ['..', '../x', 'C:/../../x', 'C/Usercube/../../../x', 'C:/up']) {
    await expect(paths(folder), folder).rejects.toThrow('leaves the host')
  }
  expect(await listHostFiles(join(root, 'none'), 'im1')).toEqual([])
})
