import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ownFolders } from './own-folders.ts'

const LANDSCAPE = join(import.meta.dirname, '../../harness/cli/landscape.js')

/** Words that each verb says while the landscape starts, when it stands, or before the first scenario is over. */
const verbs = [
  { args: ['up', 'password-secure', '--json'], atWork: '"type":"run-started"' },
  { args: ['up', 'password-secure', '--json'], atWork: '"type":"landscape-ready"' },
  { args: ['verify', 'password-secure'], atWork: 'engine embedded' },
  { args: ['verify', 'password-secure'], atWork: 'ready in' },
] as const

// Windows has no signals: there, only the console can send Ctrl-C.
describe.skipIf(process.platform === 'win32').each(verbs)(
  'landscape $args.0 at $atWork (skipped on Windows: no signals)',
  ({ args, atWork }) => {
    test.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind on %s, and exits 130', async (signal) => {
      await using folders = await ownFolders()
      const child = spawn(process.execPath, [LANDSCAPE, ...args], {
        env: folders.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      const hear = (text: string) => {
        const before = said.includes(atWork)
        said += text
        if (!before && said.includes(atWork)) child.kill(signal)
      }
      child.stdout.setEncoding('utf8').on('data', hear)
      child.stderr.setEncoding('utf8').on('data', hear)
      const [code] = await once(child, 'close')
      expect({ code, said: code === 130 ? '' : said }).toEqual({ code: 130, said: '' })
      expect(readdirSync(folders.temporary)).toEqual([])
      expect(
        readdirSync(join(folders.state), { recursive: true }).filter((name) => String(name).includes('runs/')),
      ).toEqual([])
    })
  },
)
