import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../context/run-folder.ts'
import { runsFolder } from './run-file.ts'

const pathOf = (pid: number): string => join(runsFolder(), `${pid}.starting`)

/** Says that this process will soon be a run, before it can say of which landscape. Disposing takes it back. */
export function markStarting(): Disposable {
  writeFileSync(pathOf(process.pid), '', { mode: 0o600 })
  return { [Symbol.dispose]: () => rmSync(pathOf(process.pid), { force: true }) }
}

/** Whether some process has said that it will soon be a run. Marks of dead processes go. */
export function someStart(): boolean {
  const pids = readdirSync(runsFolder()).map((file) => Number(/^(\d+)\.starting$/.exec(file)?.[1]))
  return pids.filter((pid) => pid > 0 && !swept(pid)).length > 0
}

function swept(pid: number): boolean {
  if (isAlive(pid)) return false
  rmSync(pathOf(pid), { force: true })
  return true
}
