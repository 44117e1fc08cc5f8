import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepRunFolders } from '../../../harness/context/run-folder.ts'

const isRoot = process.getuid?.() === 0

test.skipIf(!isRoot)('the sweep takes what this user left, and not what others did (needs root)', () => {
  // A process that has just ended.
  const { pid } = spawnSync(process.execPath, ['--version'])
  const [own, others] = ['0000000a', '0000000b'].map((end) => join(tmpdir(), `landscape-lab.${pid}.${end}`))
  if (!own || !others) throw new Error('no names')
  for (const folder of [own, others]) mkdirSync(folder, { mode: 0o700 })
  chownSync(others, 12_345, 12_345)
  try {
    sweepRunFolders()
    expect([existsSync(own), existsSync(others)]).toEqual([false, true])
  } finally {
    rmSync(others, { recursive: true })
  }
})
