import { createInterface } from 'node:readline'
import { type Attempt, tryAccess } from './attempts.ts'

/**
 * A process of the service account: starts as root in the working directory, whose parents are root's alone, and gives up
 * every right but the account's before it says `ready`. Reads lines of attempts, answers each with a line of outcomes.
 */
const [uid, gid] = process.argv.slice(2).map(Number)
if (!uid || !gid || !process.setgroups || !process.setgid || !process.setuid)
  throw new Error('an account, not root, is needed')
process.umask(0o007)
process.setgroups([])
process.setgid(gid)
process.setuid(uid)
// Root no more, for good: else nothing that follows would prove anything.
if (process.getuid?.() !== uid || canBecomeRoot()) throw new Error('the rights of root are still there')
process.stdout.write('"ready"\n')
for await (const line of createInterface({ input: process.stdin })) {
  // The parent is this project's own code, and its lines are made by JSON.stringify.
  const attempts = JSON.parse(line) as readonly Attempt[]
  process.stdout.write(`${JSON.stringify(attempts.map(tryAccess))}\n`)
}

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0)
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}
