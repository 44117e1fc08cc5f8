import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { backgroundNode } from '../../../harness/pki/background-node.ts'
import { has } from '../../support/programs.ts'

const linux = process.platform === 'linux'
const chrt = linux && has('chrt')
// What others leave of the processors is all that it has.
const PATIENT = { timeout: 240_000 }
// sched(7)
const SCHED_OTHER = 0
const SCHED_IDLE = 5

/** What the program's own /proc/self/stat says (proc_pid_stat(5), fields 19 and 41). */
async function scheduling() {
  const folder = await mkdtemp(join(tmpdir(), 'landscape-background-'))
  const file = join(folder, 'stat')
  const copy = "fs.writeFileSync(process.argv[1], fs.readFileSync('/proc/self/stat'))"
  const child = backgroundNode(['--eval', copy, file])
  await once(child, 'exit')
  const fields = (await readFile(file, 'utf8')).split(') ')[1]?.split(' ') ?? []
  await rm(folder, { recursive: true })
  return { nice: Number(fields[16]), policy: Number(fields[38]) }
}

test.skipIf(!chrt)('it runs when a processor has nothing else to do (needs Linux and chrt)', PATIENT, async () => {
  expect(await scheduling()).toMatchObject({ policy: SCHED_IDLE })
})

test.skipIf(!linux)(
  'where chrt is missing it runs at low priority (read from /proc, which Linux has)',
  PATIENT,
  async () => {
    vi.stubEnv('PATH', '/nowhere')
    try {
      expect(await scheduling()).toEqual({ policy: SCHED_OTHER, nice: constants.priority.PRIORITY_LOW })
    } finally {
      vi.unstubAllEnvs()
    }
  },
)
