import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { HarnessError, messageOf } from '../../../context/error.ts'

/** An archive under way: what tar says of its end decides whether it was whole. */
export interface Archive {
  readonly stream: Readable
  readonly done: Promise<void>
}

/** Folder → what of it goes in. */
export type ArchiveParts = readonly { readonly folder: string; readonly paths: readonly string[] }[]

/** An archive made by the machine's own tar, nothing of it kept in memory. */
export function tarStream(parts: ArchiveParts, signal: AbortSignal): Archive {
  const args = parts.flatMap(({ folder, paths }) => ['-C', folder, ...paths])
  const child = spawn('tar', ['-c', '--exclude=*.map', '-f', '-', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-1000)
  })
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(failed(messageOf(error), error)))
    child.once('close', (code) => (code === 0 ? resolve() : reject(failed(complaint.trim() || `exit code ${code}`))))
  })
  return { stream: child.stdout, done }
}

const failed = (reason: string, cause?: unknown): HarnessError =>
  new HarnessError('start-failed', `tar could not pack an image: ${reason}`, { cause })
