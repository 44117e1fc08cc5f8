import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { HarnessError, messageOf } from '../context/error.ts'
import { findProgram } from '../context/find-program.ts'

/** Puts a script of nftables in force in this process's network namespace, whole or not at all. */
export async function applyRuleset(script: string): Promise<void> {
  const child = spawn(nft() ?? 'nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-2000)
  })
  // nft says what was wrong with the script on its standard error.
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdin.end(script)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(failed(messageOf(error))))
    child.once('close', resolve)
  })
  if (code !== 0) throw failed(complaint.trim() || `exit code ${code}`)
}

const failed = (reason: string): HarnessError =>
  new HarnessError('platform-unsupported', `nftables does not work in this network namespace: ${reason}`)

/** Where nft is: an ordinary user's path often lacks the folders of system programs. */
export const nft = (): string | undefined =>
  findProgram(['nft'], [process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter))
