import { spawn } from 'node:child_process'
import { HarnessError, messageOf } from '../../../context/error.ts'

/** Puts a script in force in this network namespace, whole or not at all. */
export async function applyRuleset(script: string): Promise<void> {
  const child = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] })
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
  new HarnessError('platform-unsupported', `nftables does not work in this container: ${reason}`)
