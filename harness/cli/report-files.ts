import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf, HarnessError, messageOf } from '../context/error.ts'

/** Writes a report; its folders are made. */
export function writeReport(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Fails now, rather than after the run, when a report could not be written. */
export function checkWritable(path: string | undefined): void {
  if (path === undefined) return
  try {
    mkdirSync(dirname(path), { recursive: true })
    const isNew = !existsSync(path)
    writeFileSync(path, '', { flag: 'a' })
    if (isNew) rmSync(path)
  } catch (error) {
    throw unwritable(path, error)
  }
}

const unwritable = (path: string, error: unknown): HarnessError =>
  new HarnessError(
    'usage',
    `cannot write ${path}: ${codeOf(error) ?? messageOf(error)}; name a file in a folder that you may write to`,
  )
